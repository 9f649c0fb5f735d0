"""The schema offers exactly the words of the vocabulary."""

from appliance.config.schema_flows import flow_definitions
from appliance.config.spec import Flow, Guarantee, State
from appliance.config.vocabulary import ACTIONS, EVENTS


def test_events_and_actions_in_both_languages() -> None:
    definitions = flow_definitions()
    events = definitions["state"]["properties"]["on"]["properties"]
    assert set(events) == {name for word in EVENTS for name in (word.name, word.zh)}
    actions = definitions["action"]["anyOf"][1]["properties"]
    assert set(actions) == {name for word in ACTIONS for name in (word.name, word.zh)}


def test_schema_and_spec_know_the_same_states_and_flows() -> None:
    definitions = flow_definitions()
    assert set(definitions["state"]["properties"]) == set(State("a").__struct_fields__) - {"at", "name"}
    fields = set(Flow("a", "b", ()).__struct_fields__)
    assert set(definitions["flow"]["properties"]) == fields - {"at", "name", "guarantees"} | {"guarantee"}
    promise = definitions["flow"]["properties"]["guarantee"]["items"]
    known = set(Guarantee("a", "b", ("c",), 1).__struct_fields__)
    assert set(promise["properties"]) == known - {"at", "within_at", "source"} | {"from"}


def test_required_arguments_are_required() -> None:
    say = flow_definitions()["action"]["anyOf"][1]["properties"]["say"]["anyOf"]
    assert say[1]["required"] == ["message"]
    assert {"type": "null"} not in say
