"""The office hires and dismisses on the real admin socket, and says what is wrong when nobody answers there."""

from pathlib import Path

import pytest

from tools.loadtest.hiring import Office, OfficeFailed
from tools.loadtest.serving import Serving


def test_agents_are_hired_and_dismissed(shop: Serving) -> None:
    office = Office(shop.host, shop.port, shop.data)
    cookie = office.hire("Temporary", capacity=3, name="临时")
    code, me, _ = office.ask("GET", "/api/queues", headers={"Cookie": cookie})
    assert code == 200, me
    office.dismiss("temporary")
    code, _, _ = office.ask("GET", "/api/queues", headers={"Cookie": cookie})
    assert code == 401
    listed = {agent["login"]: agent for agent in office.admin("GET", "/admin/agents")[1]["agents"]}
    assert listed["temporary"]["disabled"]


def test_who_was_here_before_is_called_back(shop: Serving) -> None:
    first = shop.engage("seasonal", 3)
    shop.dismiss("seasonal")
    second = shop.engage("seasonal", 5, name="旺季")
    assert second != first
    assert shop.ask("GET", "/api/queues", headers={"Cookie": second})[0] == 200
    (mine,) = [
        agent for agent in shop.admin("GET", "/admin/agents")[1]["agents"] if agent["login"] == "seasonal"
    ]
    assert (mine["capacity"], mine["name"], mine["disabled"]) == (5, "旺季", False)


def test_what_the_office_refuses_is_told_with_its_words(shop: Serving) -> None:
    with pytest.raises(OfficeFailed) as refused:
        shop.hire("bad login!")
    assert "letters" in refused.value.say("en")
    assert "登录名" in refused.value.say("zh")
    with pytest.raises(OfficeFailed):
        shop.dismiss("nobody")
    with pytest.raises(OfficeFailed):
        shop.redeem(f"{shop.origin}/console#invite=nonsense")


def test_the_status_of_a_running_one_and_of_none(shop: Serving, tmp_path: Path) -> None:
    assert shop.status()["pid"] == shop.pid
    with pytest.raises(OfficeFailed) as gone:
        Office("127.0.0.1", 1, tmp_path).status()
    assert "--data" in gone.value.say("en")
