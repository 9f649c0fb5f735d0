"""The schema is valid, fresh, speaks both languages, and accepts what the shipped files say."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from appliance.config.listen import Listen
from appliance.config.nodes import plain
from appliance.config.schema import document, text
from appliance.config.spec import Alerts, Limits, Pools, Queue, Site, Storage
from tests.config.reader import tree

ROOT = Path(__file__).parent.parent.parent


def test_it_is_valid_and_the_file_is_fresh() -> None:
    Draft202012Validator.check_schema(document())
    assert (ROOT / "schema" / "kefu.schema.json").read_text(encoding="utf-8") == text(), "run `make generate`"
    assert json.loads(text()) == document()


@pytest.mark.parametrize("path", ["kefu.yaml", "packaging/examples/english.kefu.yaml"])
def test_the_shipped_files_name_it_and_fit_it(path: str) -> None:
    written = (ROOT / path).read_text(encoding="utf-8")
    first = written.splitlines()[0]
    assert first.startswith("# yaml-language-server: $schema=")
    target = (ROOT / path).parent / first.partition("$schema=")[2]
    assert target.resolve() == (ROOT / "schema" / "kefu.schema.json").resolve()
    Draft202012Validator(document()).validate(plain(tree(written)))


@pytest.mark.parametrize(
    ("section", "spec"),
    [
        ("site", Site()),
        ("listen", Listen()),
        ("limits", Limits()),
        ("pools", Pools()),
        ("storage", Storage()),
        ("alerts", Alerts()),
    ],
)
def test_schema_and_spec_know_the_same_settings_and_defaults(section: str, spec: Any) -> None:
    properties = document()["properties"][section]["properties"]
    assert set(properties) == set(spec.__struct_fields__) - {"at"}
    for name, schema in properties.items():
        if isinstance(default := schema.get("default"), int | bool) or section == "site":
            assert default in (getattr(spec, name), None, [])


def test_schema_and_spec_know_the_same_queue() -> None:
    queue = document()["properties"]["queues"]["additionalProperties"]["anyOf"][1]["properties"]
    assert set(queue) == set(Queue("x").__struct_fields__) - {"at", "name"}
    assert (queue["cap"]["default"], queue["strategy"]["default"]) == (Queue("x").cap, Queue("x").strategy)


def test_every_description_has_both_languages() -> None:
    found = _descriptions(document())
    assert len(found) > 60
    assert [
        about for about in found if not (re.search("[\u4e00-\u9fff]", about) and re.search("[a-z]{2}", about))
    ] == []


def _descriptions(schema: Any) -> list[str]:
    if isinstance(schema, list):
        return [about for part in schema for about in _descriptions(part)]
    if not isinstance(schema, dict):
        return []
    own = (
        [schema["description"]]
        if isinstance(schema.get("description"), str) and schema["description"]
        else []
    )
    return own + [about for part in schema.values() for about in _descriptions(part)]
