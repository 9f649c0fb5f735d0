"""Nothing is measured until it is."""

import msgspec

from tools.claims.findings import Findings


def test_at_first_nothing_is_measured() -> None:
    told = msgspec.to_builtins(Findings())
    assert told.pop("missing") == {}
    assert set(told.values()) == {None}
