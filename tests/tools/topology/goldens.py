"""The golden pictures as text; `python -m tests.tools.topology.goldens` writes them anew, then read the difference."""

from tests.tools.topology import ROOT
from tests.tools.topology.sites import EVERYTHING, SHIPPED, site
from tools.topology.dot import dot_of
from tools.topology.mermaid import mermaid_of
from tools.topology.picture import Picture
from tools.topology.table import table_of

FOLDER = ROOT / "tests" / "golden" / "topology"
CHANGED = SHIPPED.replace("load > 85%, action", "load > 80%, action").replace("db: 4", "db: 6")


def named(text: str, picture: Picture) -> str:
    """Return a text without the hashes in it: they are no picture."""
    return text.replace(picture.config, "CONFIG").replace(picture.bundle, "BUNDLE")


def texts() -> dict[str, str]:
    """Return the golden texts by file name."""
    shipped, manager = site(whole=True), site(view="manager", language="en")
    changed, everything = site(CHANGED, whole=True), site(EVERYTHING)
    return {
        "shipped.txt": named(table_of(shipped), shipped),
        "changed.txt": named(table_of(changed), changed),
        "manager.mmd": named(mermaid_of(manager), manager),
        "everything.dot": named(dot_of(everything), everything),
        "everything.mmd": named(mermaid_of(everything), everything),
    }


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in texts().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
