"""Inputs are the history format: every kind must come back from the log as it went in."""

import typing

import msgspec
import pytest

from appliance import inputs
from appliance.model import Visitor

SAMPLES: dict[str, object] = {
    "visitor": Visitor("v1", "王", 2, ("VIP",)),
    "tags": ("a", "b"),
    "states": {"排队": "等待"},
    "queues": {"售前": "咨询"},
    "fields": {"电话": "123"},
    "reasons": {"rule": "least_busy"},
    "data": {"n": 1},
    "accept": False,
    "inside": False,
    "keep": True,
    "confidence": 0.5,
    "score": 4,
    "seq": 9,
    "visit": 3,
    "order": 2,
}


@pytest.mark.parametrize("kind", typing.get_args(inputs.Input), ids=lambda kind: kind.__name__)
def test_every_input_round_trips(kind: type[msgspec.Struct]) -> None:
    fields = {name: SAMPLES.get(name, f"a {name}") for name in kind.__struct_fields__}
    source = kind(**fields)
    assert msgspec.json.decode(msgspec.json.encode(source), type=inputs.Input) == source


def test_tags_are_distinct() -> None:
    tags = [kind.__struct_config__.tag for kind in typing.get_args(inputs.Input)]
    assert len(tags) == len(set(tags))
