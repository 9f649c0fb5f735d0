"""The building blocks of the schema."""

from appliance.config.schema_parts import both, record, ref, whole, word_list
from appliance.config.vocabulary import EVENTS


def test_a_record_takes_no_other_keys() -> None:
    schema = record("x", {"a": whole("n", 1, 3, 2)}, ("a",), ("b",))
    assert schema["additionalProperties"] is False
    assert (schema["required"], schema["x-later-keys"]) == (["a"], ["b"])
    assert schema["properties"]["a"]["maximum"] == 3
    assert "required" not in record("x", {})


def test_texts_hold_both_languages() -> None:
    assert both("中", "en") == "中\nen"
    assert "用户发送消息 = visitor.message" in word_list(EVENTS)
    assert ref("name", "x", default=1) == {"$ref": "#/$defs/name", "description": "x", "default": 1}
