"""SPIN, Debian's model checker, as a judge: a model in, whether an assertion can be violated out."""

import re
import subprocess
from pathlib import Path

_ERRORS = re.compile(r"errors: (\d+)")


class TooDeep(Exception):
    """A step of the flow tells itself more at once than a model has room for: nothing is known."""


# Compiling with optimisation costs more than it saves on models of this size.
SMALL = ("-O0", "-DNOREDUCE")


def violated(model: str, folder: Path, flags: tuple[str, ...] = SMALL) -> bool:
    """Return whether some run of `model` violates an assertion; everything was searched when it says no.

    `flags` are for the C compiler that makes the search.
    """
    (folder / "model.pml").write_text(model, encoding="utf-8")
    _run(folder, "spin", "-a", "model.pml")
    _run(folder, "gcc", *flags, "-w", "-DSAFETY", "-o", "pan", "pan.c")
    said = _run(folder, "./pan", "-m4000000", "-n")
    found = _ERRORS.search(said)
    assert found is not None, said
    if int(found[1]):
        assert "assertion violated" in said, said
        if "length<8" in said:
            raise TooDeep
        return True
    assert "max search depth too small" not in said, said
    return False


def _run(folder: Path, *command: str) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    return said
