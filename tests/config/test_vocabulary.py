"""Every built-in word has two names, and no name has two meanings."""

import re

from hypothesis import given
from hypothesis import strategies as st

from appliance.config import vocabulary as words

TABLES = (words.EVENTS, words.VARIABLES, words.ACTIONS, words.THRESHOLD_ACTIONS, words.TEMPLATE_VARIABLES)


def test_no_two_words_of_a_table_share_a_name() -> None:
    for table in TABLES:
        names = [name for word in table for name in (word.name, word.zh)]
        assert len(names) == len(set(names))


def test_names_are_english_and_chinese_and_every_word_is_explained() -> None:
    for table in TABLES:
        for word in table:
            assert re.fullmatch(r"[a-z_]+(\.[a-z_]+)?", word.name)
            assert re.search("[\u4e00-\u9fff]", word.zh)
            assert word.about.zh
            assert word.about.en


def test_canonical_names() -> None:
    assert (
        words.canonical_event("用户发送消息") == words.canonical_event("visitor.message") == "visitor.message"
    )
    assert words.canonical_event("custom.付款") == "custom.付款"
    assert words.canonical_event("custom.") is None
    assert words.canonical_event("done.排队") == "done.排队"
    assert words.canonical_event("done.") is None
    assert {word.name for word in words.EVENTS if words.is_internal(word.name)} == {"error.guard"}
    assert words.is_internal("done.排队")
    assert words.canonical_variable("营业中") == "hours.open"
    assert words.canonical_variable("营业") is None


@given(st.text())
def test_a_canonical_name_is_its_own(name: str) -> None:
    event = words.canonical_event(name)
    assert event is None or words.canonical_event(event) == event


def test_facts_are_what_lies_outside_the_conversation() -> None:
    for variable in words.VARIABLES:
        assert variable.fact == (variable.of in ("queue", "desk", "machine"))


def test_the_main_parameter_of_an_action_exists() -> None:
    for word in (*words.ACTIONS, *words.THRESHOLD_ACTIONS):
        assert not word.main or word.main in [parameter.name for parameter in word.parameters]
        assert sum(parameter.required for parameter in word.parameters) <= 1
