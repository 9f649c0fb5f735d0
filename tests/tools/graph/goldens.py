"""The golden pictures as text; `python -m tests.tools.graph.goldens` writes them anew, then read the difference."""

from tests.tools.graph import ROOT
from tests.tools.graph.flows import everything, shipped
from tools.graph.dot import dot_of
from tools.graph.mermaid import mermaid_of

FOLDER = ROOT / "tests" / "golden" / "graph"


def texts() -> dict[str, str]:
    """Return the golden texts by file name.  The bundle of a flow is left out: it is a hash, not a picture."""
    return {
        "everything.dot": dot_of(everything()).replace(everything().bundle, "BUNDLE"),
        "everything.mmd": mermaid_of(everything()).replace(everything().bundle, "BUNDLE"),
        "shipped.mmd": mermaid_of(shipped()).replace(shipped().bundle, "BUNDLE"),
    }


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in texts().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
