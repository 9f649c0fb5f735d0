"""The window recognises resends, admits its gaps, and never calls an old id new."""

from hypothesis import given
from hypothesis import strategies as st

from appliance import inputs
from appliance.conversation.dedup import REMEMBERED, Sent, Window, fingerprint
from appliance.model import Visitor


def sent(seq: int) -> Sent:
    return Sent(seq, seq * 10, 0)


def test_an_unknown_id_is_new_and_a_known_one_is_found() -> None:
    window = Window()
    assert window.look("v", "c1") == "new"
    window.remember("v", "c1", sent(1))
    assert window.look("v", "c1") == sent(1)
    assert window.look("other", "c1") == "new"


def test_ids_at_or_below_the_highest_forgotten_one_are_in_doubt() -> None:
    window = Window()
    for number in range(REMEMBERED + 1):
        window.remember("v", f"{number:05}", sent(number))
    assert window.look("v", "00000") == "in doubt"
    assert window.look("v", f"{REMEMBERED + 1:05}") == "new"
    window.known_as_new("v", "00000")
    assert window.look("v", "00000") == "new"


def test_a_window_in_doubt_takes_nothing_for_new() -> None:
    assert Window(in_doubt=True).look("v", "zzz") == "in doubt"


@given(st.lists(st.integers(0, 999), unique=True, max_size=600))
def test_whatever_was_remembered_is_never_called_new(numbers: list[int]) -> None:
    window = Window()
    for position, number in enumerate(numbers):
        window.remember("v", f"{number:05}", sent(position))
    assert all(window.look("v", f"{number:05}") != "new" for number in numbers)


def test_the_first_message_has_the_same_fingerprint_when_it_comes_again() -> None:
    first = inputs.Opened(Visitor("v"), "b", "c", "hello", "menu")
    again = inputs.VisitorSaid("c", "hello", "menu")
    assert fingerprint(first) == fingerprint(again)
    assert fingerprint(again) != fingerprint(inputs.VisitorSaid("c", "hello!", "menu"))
    assert fingerprint(inputs.VisitorSaid("c", "a", "b")) != fingerprint(inputs.VisitorSaid("c", "b", "a"))


def test_a_sender_finds_the_time_of_his_own_message_only() -> None:
    window = Window()
    window.remember("v", "c1", Sent(4, 777, 0))
    assert window.time_of("v", 4) == 777
    assert window.time_of("v", 5) is None
    assert window.time_of("a", 4) is None
