"""The golden tables; `python -m tests.tools.claims.goldens` writes them anew, then read the difference."""

from tests.tools.claims.sample import report
from tests.tools.graph import ROOT
from tools.claims.page import html
from tools.claims.text import text

FOLDER = ROOT / "tests" / "golden" / "claims"


def texts() -> dict[str, str]:
    """Return the golden texts by file name; the page without its styles and script, which have files of their own."""
    page = html(report())
    body = page[page.index("<main>") : page.index("</main>")]
    return {"zh.txt": text(report(), "zh") + "\n", "en.txt": text(report(), "en") + "\n", "main.html": body}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, told in texts().items():
        (FOLDER / name).write_text(told, encoding="utf-8")
