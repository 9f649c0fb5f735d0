"""What is allocated, and where: a window of tracemalloc on demand, never always on, for it slows Python manifold."""

import ast
import asyncio
import gc
import time
import tracemalloc
from collections import Counter
from functools import lru_cache
from pathlib import Path

from appliance.errors import Refused, Text
from appliance.telemetry.profiling.profile import Frame, Profile, Sample, module_of

DEEP = 4
"""Frames that are kept of each allocation: who allocated, and for whom.

Code that does nothing but allocate is 12 times slower with one, 19 times with four, 37 times with twelve.
"""

MOST_BYTES = 256 * 1024 * 1024
"""When so much was allocated in the window and is still there, it closes early: reading it stops the process for a while."""

LOOK = 0.1

BUSY = Refused(
    "conflict",
    Text("已有一次内存采样在进行。", "A heap profile is being taken already."),
    Text("等它结束后再试。", "Try again when it has ended."),
)
_Traces = Counter[tuple[tuple[str, int], ...]]


class HeapWindow:
    """One window at a time."""

    async def run(self, seconds: float, collect: bool) -> Profile:
        """Return what was allocated in the next `seconds` and is still there; `collect` throws garbage away before.

        Raises Refused while another window is open.
        """
        if tracemalloc.is_tracing():
            raise BUSY
        at, began = time.time(), time.monotonic()
        tracemalloc.start(DEEP)
        try:
            early = await _until_full(seconds)
            if collect:
                gc.collect()
            taken = tracemalloc.take_snapshot()
        finally:
            tracemalloc.stop()
        samples = await asyncio.to_thread(_samples, taken)
        said = ["only what was allocated within the window and was still there at its end"]
        if early:
            said.append(f"closed early: {MOST_BYTES >> 20} MiB were reached")
        if not collect:
            said.append("garbage that waits for the collector is counted, too")
        return Profile(
            (("inuse_objects", "count"), ("inuse_space", "bytes")),
            samples,
            at,
            time.monotonic() - began,
            ("space", "bytes"),
            1,
            tuple(said),
        )


async def _until_full(seconds: float) -> bool:
    """Wait; return whether the window was full before its time."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        await asyncio.sleep(min(LOOK, left))
        if tracemalloc.get_traced_memory()[0] > MOST_BYTES:
            return True
    return False


def _samples(taken: tracemalloc.Snapshot) -> list[Sample]:
    objects: _Traces = Counter()
    space: _Traces = Counter()
    for trace in taken.traces:
        stack = tuple((frame.filename, frame.lineno) for frame in reversed(trace.traceback))
        objects[stack] += 1
        space[stack] += trace.size
    return [
        Sample(tuple(_frame(*place) for place in stack), (objects[stack], size))
        for stack, size in space.items()
    ]


@lru_cache(maxsize=16_384)
def _frame(file: str, line: int) -> Frame:
    """Return a place by name: tracemalloc knows lines only, so the source is asked which function a line is in."""
    first, name = _function_at(file, line)
    return Frame(f"{module_of(file)}.{name}", file, line, first)


def _function_at(file: str, line: int) -> tuple[int, str]:
    inside = [row for row in _functions(file) if row[0] <= line <= row[1]]
    if not inside:
        return 1, "<module>"
    first, _, name = max(inside)
    return first, name


@lru_cache(maxsize=512)
def _functions(file: str) -> list[tuple[int, int, str]]:
    """Return (first line, last line, qualified name) of the functions of a source file; none where there is no source."""
    try:
        tree = ast.parse(Path(file).read_bytes())
    except (OSError, SyntaxError, ValueError):
        return []
    found: list[tuple[int, int, str]] = []

    def visit(node: ast.AST, prefix: str) -> None:
        for child in ast.iter_child_nodes(node):
            inner = prefix
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                first = min([child.lineno, *(each.lineno for each in child.decorator_list)])
                found.append((first, child.end_lineno or child.lineno, prefix + child.name))
                inner = f"{prefix}{child.name}.<locals>."
            elif isinstance(child, ast.ClassDef):
                inner = f"{prefix}{child.name}."
            visit(child, inner)

    visit(tree, "")
    return found
