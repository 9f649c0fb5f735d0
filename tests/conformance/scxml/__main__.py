"""The command: `python -m tests.conformance.scxml FILE.scxml [-v]`."""

import sys
from pathlib import Path

from tests.conformance.scxml.verdict import EXIT, judge


def main(arguments: list[str]) -> int:
    """Judge one file; -v also shows what the document logged."""
    files = [argument for argument in arguments if argument != "-v"]
    if len(files) != 1:
        sys.stderr.write("usage: python -m tests.conformance.scxml FILE.scxml [-v]\n")
        return 2
    verdict = judge(Path(files[0]))
    if "-v" in arguments:
        sys.stderr.write("".join(f"{line}\n" for line in verdict.log))
    sys.stdout.write(f"{verdict.word}: {verdict.reason}\n" if verdict.reason else f"{verdict.word}\n")
    return EXIT[verdict.word]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
