"""The sections about the machine know the words and the defaults of the spec."""

import pytest
from msgspec import structs

from appliance.config import schema_machine
from appliance.config.spec import Limits, Pools, Storage
from appliance.config.vocabulary import THRESHOLD_ACTIONS


@pytest.mark.parametrize(
    ("section", "made"),
    [
        (schema_machine.pools(), Pools()),
        (schema_machine.storage(), Storage()),
        (schema_machine.limits(), Limits()),
    ],
)
def test_every_number_has_the_default_of_the_spec(
    section: dict[str, dict[str, object]], made: object
) -> None:
    told = {
        name: each["default"]
        for name, each in section["properties"].items()
        if isinstance(each, dict) and isinstance(each.get("default"), int)
    }
    assert told
    assert told == {name: getattr(made, name) for name in told}


def test_every_setting_of_the_store_can_be_written() -> None:
    known = {each.name for each in structs.fields(Storage)} - {"at"}
    assert set(schema_machine.storage()["properties"]) == known


def test_every_rung_can_be_named_in_both_languages() -> None:
    action = schema_machine.thresholds()["items"]["properties"]["action"]
    names = action["anyOf"][0]["enum"]
    assert set(names) == {name for word in THRESHOLD_ACTIONS for name in (word.name, word.zh)}
