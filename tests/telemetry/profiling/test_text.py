"""Profiles as text."""

import sys

from appliance.telemetry.profiling.profile import Frame, Profile, Sample, places
from appliance.telemetry.profiling.tasks import Waiting
from appliance.telemetry.profiling.text import one, summary


def test_a_summary_begins_with_the_heaviest() -> None:
    light = Sample((Frame("m.a", "m.py", 3, 1),), (1, 5))
    heavy = Sample((Frame("m.b", "m.py", 9, 7), Frame("(others)", "", 0, 0)), (2, 50), (("thread", "w"),))
    profile = Profile((("n", "count"), ("cpu", "nanoseconds")), [light, heavy], 0.0, comments=("why",))
    assert summary("cpu", profile) == (
        "cpu profile: total 55\n# why\n# n/count cpu/nanoseconds\n"
        "\n2 50 @ thread=w\n#\tm.b\tm.py:9\n#\t(others)\n"
        "\n1 5 @\n#\tm.a\tm.py:3\n"
    )


def test_one_task_is_told_with_its_labels() -> None:
    told = one(
        7, Waiting(places(sys._getframe(), 1), (("type", "task"), ("kind", "page"), ("state", "排队")))
    )
    assert told.startswith(f"task 7 [kind=page state=排队]:\n\t{__name__}.test_one_task_is_told")
    assert told.endswith("\n\n")
