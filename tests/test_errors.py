"""Errors speak both languages and keep cause and remedy apart."""

from appliance.errors import KefuError, ProtocolError, Refused, Text


def test_an_error_says_cause_and_remedy_in_the_language_asked_for() -> None:
    error = KefuError(Text("磁盘满了。", "The disk is full."), Text("请清理。", "Free some space."))
    assert error.say("zh") == "磁盘满了。请清理。"
    assert error.say("en") == "The disk is full. Free some space."
    assert str(error) == error.say("en")


def test_an_error_without_remedy_has_no_trailing_space() -> None:
    assert KefuError(Text("没有。", "None.")).say("en") == "None."


def test_protocol_errors_carry_their_close_code_and_refusals_their_word() -> None:
    assert ProtocolError(4501, Text("坏", "bad")).code == 4501
    refused = Refused("full", Text("满", "full"), retry_after=1000)
    assert (refused.code, refused.retry_after) == ("full", 1000)
