"""Both ways of delivering write the same events to the same readers; only then is their cost worth comparing."""

import json
import re

from appliance.channels.framing import text_frame
from tools.claims.fanout import IN_A_UNIT, READERS, each, fanout, ours, prepared


def events(written: list[bytes]) -> list[tuple[int, str]]:
    """Return seq and text of every event in some frames."""
    found = []
    for frame in written:
        body = json.loads(frame[re.search(rb"[\[{]", frame).start() :])  # type: ignore[union-attr]
        found += [(event["seq"], event["text"]) for event in (body if isinstance(body, list) else [body])]
    return found


def test_both_ways_write_the_same() -> None:
    by_us: list[bytes] = []
    by_each: list[bytes] = []
    ours(*prepared(5, 3), by_us.append)
    each(*prepared(5, 3), by_each.append)
    assert sorted(events(by_us)) == sorted(events(by_each))
    assert len(events(by_us)) == 5 * IN_A_UNIT * 3
    assert len(by_us) == 5 * 3 < len(by_each)
    assert by_us[0] != text_frame(b"")


def test_figures_are_there() -> None:
    found = fanout(units=5, turns=1)
    assert tuple(one.readers for one in found) == READERS
    assert all(one.ours_ns > 0 and one.each_ns > 0 for one in found)
