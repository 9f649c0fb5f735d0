"""Every line of the simulated shop is said in both languages, and every talk can be played."""

import re

from appliance.errors import Text
from tools.loadtest.talks import CLERKS, COMMENTS, GENERIC, GREETING, NAMES, STILL_THERE, TALKS, THANKS

CHINESE = re.compile(r"[\u4e00-\u9fff]")
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff][,.!?;:]")


def lines() -> list[Text]:
    said = [line for talk in TALKS for turn in talk.turns for line in turn]
    pages = [talk.page for talk in TALKS]
    return [*said, *pages, *NAMES, *CLERKS, *GENERIC, GREETING, STILL_THERE, THANKS]


def test_no_language_is_forgotten() -> None:
    for line in lines():
        assert line.zh
        assert line.en
        assert not CHINESE.search(line.en), line.en
        assert not HALF_WIDTH.search(line.zh), line.zh


def test_every_talk_has_a_page_of_its_own_and_turns() -> None:
    assert len({talk.path for talk in TALKS}) == len(TALKS) >= 8
    assert all(len(talk.turns) >= 2 for talk in TALKS)
    assert all(1 <= score <= 5 for score, _ in COMMENTS)
    assert GREETING.zh.format(name="x") != GREETING.zh
