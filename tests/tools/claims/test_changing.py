"""The two files of the change: a few lines apart, sound both, and the new test fails on the old rules."""

from appliance.runtime.check import check_text
from tools.claims.changing import AFTER, BEFORE, changed_lines, fails_without
from tools.claims.house import shop


def test_the_change_is_three_lines() -> None:
    assert changed_lines(shop(BEFORE), shop(AFTER)) == 3


def test_tests_and_remarks_do_not_count_as_lines_of_the_change() -> None:
    before = "# one\na: 1\nlimits: {}\ntests:\n  - one\n"
    assert changed_lines(before, "# two\na: 1\nlimits: {}\ntests:\n  - two\n") == 0
    assert changed_lines(before, "# one\na: 2\nb: 3\nlimits: {}\ntests:\n  - one\n") == 2


def test_both_files_are_sound_and_the_test_needs_the_change() -> None:
    for name in (BEFORE, AFTER):
        assert check_text(shop(name), name, environment=None).passed
    assert fails_without(shop(BEFORE), shop(AFTER))
    assert not fails_without(shop(AFTER), shop(AFTER))
