"""`python -m tests.docs.refresh` writes the outputs in the documentation anew, from real runs; then read the difference.

What only varies (times, ids of bundles) is left as it stands when nothing else in the block has changed.
"""

import itertools
import sys
import tempfile
from pathlib import Path

from tests.docs.recipes import DOCS, LANGUAGES, Language
from tests.docs.walkthrough import PAGES, Walkthrough, normalised, page


def refreshed(language: Language, name: str) -> str:
    """Return a page with what its commands print today."""
    text = page(language, name)
    with tempfile.TemporaryDirectory() as folder, Walkthrough(Path(folder), language) as walk:
        found = walk.walked(text)
    return text if normalised(found) == normalised(text) else found


def main() -> int:
    """Refresh both languages."""
    for language, name in itertools.product(LANGUAGES, PAGES):
        path = DOCS / language / name
        before, after = page(language, name), refreshed(language, name)
        path.write_text(after, encoding="utf-8")
        print(f"{path}: {'unchanged' if before == after else 'written'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
