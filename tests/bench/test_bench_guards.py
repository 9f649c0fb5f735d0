"""The comparison is one only while all give the same answers, and it says who is not there to be compared with."""

import pytest

from tests.bench.bench_guards import QUESTIONS, RIVALS, Ask, Differs, agree, installed, ours


def test_our_guards_give_the_answers_that_are_asked_for() -> None:
    agree("kefu", ours())
    assert {question.answer for question in QUESTIONS} == {True, False}


def test_whoever_is_installed_gives_the_same_answers() -> None:
    for name, asks in installed(RIVALS).items():
        agree(name, asks)


def test_another_answer_ends_the_bench() -> None:
    with pytest.raises(Differs, match="liar"):
        agree("liar", [lambda: False] * len(QUESTIONS))


def test_who_is_not_installed_is_named_and_not_made_up(capsys: pytest.CaptureFixture[str]) -> None:
    def missing() -> list[Ask]:
        raise ModuleNotFoundError("no module")

    assert installed({"nobody": missing}) == {}
    assert "nobody is not installed" in capsys.readouterr().err
