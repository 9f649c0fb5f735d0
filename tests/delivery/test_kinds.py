"""Kinds of events: one tag each, and the place in the log always first."""

import typing

from appliance.delivery import kinds


def test_each_kind_has_one_tag_and_begins_with_its_place() -> None:
    found = typing.get_args(kinds.Kind)
    tags = [kind.__struct_config__.tag for kind in found]
    assert len(tags) == len(set(tags))
    assert all(kind.__struct_fields__[:3] == ("seq", "prev", "at") for kind in found)
