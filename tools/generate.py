"""Writes what is derived from the code, so that a schema or a dashboard can never say something else than the code.

`make generate` writes; `--check` only compares and exits 1 with the names of what is stale. To add an artefact, write a
pure function that returns its text and give it a row in ARTEFACTS.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from appliance.config import schema
from tools import asyncapi

ROOT = Path(__file__).resolve().parent.parent


class Artefact(NamedTuple):
    """One generated file: its path from the root of the checkout, and the pure function that returns its text.

    One of its first three lines must contain "make generate", so that nobody mends it by hand.
    """

    path: str
    text: Callable[[], str]


ARTEFACTS: tuple[Artefact, ...] = (
    Artefact("schema/kefu.schema.json", schema.text),
    Artefact("schema/asyncapi.yaml", asyncapi.text),
)


def stale(artefacts: Sequence[Artefact], root: Path) -> list[Artefact]:
    """Return the artefacts whose file under `root` is missing or differs from what the code says now."""
    return [artefact for artefact in artefacts if _written(root / artefact.path) != artefact.text()]


def write(artefacts: Sequence[Artefact], root: Path) -> list[str]:
    """Write every stale artefact under `root` and return the paths written."""
    written = stale(artefacts, root)
    for artefact in written:
        target = root / artefact.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(artefact.text(), encoding="utf-8")
    return [artefact.path for artefact in written]


def _written(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def main(
    arguments: Sequence[str] | None = None, artefacts: Sequence[Artefact] = ARTEFACTS, root: Path = ROOT
) -> int:
    """Run the command line; return 0 when everything is fresh (now), 1 when `--check` found something stale."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.generate", description="Refresh what is generated."
    )
    parser.add_argument("--check", action="store_true", help="compare only; exit 1 when something is stale")
    if parser.parse_args(arguments).check:
        paths = [artefact.path for artefact in stale(artefacts, root)]
        for path in paths:
            print(f"{path}: stale; run `make generate` / 已过期，请运行 `make generate`")
        return 1 if paths else 0
    for path in write(artefacts, root):
        print(f"{path}: written / 已生成")
    return 0


if __name__ == "__main__":
    sys.exit(main())
