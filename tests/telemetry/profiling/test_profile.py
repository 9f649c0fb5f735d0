"""Counting stacks together, comparing them, and the names of things."""

import sys
from types import FrameType

from appliance.telemetry.profiling.profile import (
    Frame,
    Profile,
    Sample,
    Tally,
    difference,
    frame_of,
    module_of,
    places,
)
from tools.loadtest.report.stacks import weights

A, B, C = (Frame(f"m.{name}", "m.py", 10, 1) for name in "abc")


def profile(*samples: tuple[tuple[Frame, ...], int]) -> Profile:
    return Profile(
        (("samples", "count"), ("cpu", "nanoseconds")), [Sample(s, (1, v)) for s, v in samples], 0.0
    )


class Nested:
    def here(self) -> tuple[FrameType, int]:
        def inner() -> tuple[FrameType, int]:
            frame = sys._getframe()
            return frame, frame.f_lineno

        return inner()


def test_a_place_is_named_by_module_and_qualified_name() -> None:
    frame, _ = Nested().here()
    found = [frame_of(*place) for place in places(frame)]
    assert found[0].name == f"{__name__}.Nested.here.<locals>.inner"
    assert found[1].name == f"{__name__}.Nested.here"
    assert found[0].file == __file__
    assert found[0].line > found[0].first > 1
    assert len(places(frame, 2)) == 2


def test_modules_are_named_as_they_are_imported() -> None:
    import asyncio.locks

    import aiohttp.web_protocol

    assert module_of(aiohttp.web_protocol.__file__) == "aiohttp.web_protocol"
    assert module_of(str(asyncio.locks.__file__)) == "asyncio.locks"
    assert module_of(str(asyncio.__file__)) == "asyncio"
    assert module_of("<frozen runpy>") == "runpy"


def test_a_tally_adds_up_by_stack_and_labels() -> None:
    tally = Tally(2)
    here = places(sys._getframe())
    tally.add(here, (1, 5))
    tally.add(here, (1, 7))
    tally.add(here, (1, 100), (("thread", "writer"),))
    assert len(tally) == 2
    assert here in tally
    assert () not in tally
    assert [(values, labels) for _, labels, values in tally.rows()] == [
        ((2, 12), ()),
        ((1, 100), (("thread", "writer"),)),
    ]
    assert tally.samples()[0].stack[0].name.endswith("test_a_tally_adds_up_by_stack_and_labels")


def test_collapsed_stacks_are_those_of_the_load_test_report() -> None:
    taken = profile(((B, A), 30), ((C, A), 60), ((B, A), 10), ((A,), 0))
    assert taken.collapsed() == "m.a;m.b 40\nm.a;m.c 60\n"
    found = weights(taken.collapsed())
    assert (found["m.a"].own, found["m.a"].total) == (0.0, 1.0)
    assert found["m.c"].own == 0.6


def test_a_recursive_function_counts_once() -> None:
    assert profile(((A, B, A), 10)).by_function() == {"m.a": (10, 10), "m.b": (0, 10)}


def test_shares_are_compared_not_lengths() -> None:
    before, after = profile(((A,), 10), ((B,), 30)), profile(((A,), 300), ((C,), 100))
    moved = {row.name: row.own for row in difference(before, after)}
    assert moved == {"m.b": (0.75, 0.0), "m.a": (0.25, 0.75), "m.c": (0.0, 0.25)}
    assert difference(before, after)[0].name == "m.b"
    assert difference(profile(), profile()) == []
