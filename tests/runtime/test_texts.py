"""Texts are filled in under both names of every variable; what has no value is empty."""

import pytest

from appliance.runtime.texts import MOST_CHARACTERS, Texts


def test_variables_are_filled_in_under_either_name_and_others_are_empty() -> None:
    texts = Texts({"问候": "您好 {{ visitor.name }}{{ 访客名 }}{{ agent.name }}!"})
    assert texts.render("问候", {"visitor.name": "王"}) == "您好 王王!"


def test_a_text_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(KeyError):
        Texts({}).render("没有", {})


def test_a_text_has_an_end() -> None:
    assert len(Texts({"长": "长" * 20_000}).render("长", {})) == MOST_CHARACTERS
