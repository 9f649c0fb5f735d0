"""`kefu demo` fills a running appliance with life, leaves work for a real agent, and goes away without a trace of its clerks."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.shell import kefu
from tests.shipped import kefu_yaml
from tools.loadtest.demo import Shop
from tools.loadtest.frames import Frame
from tools.loadtest.loopback import Door
from tools.loadtest.serving import Serving


@pytest.fixture
def market(tmp_path: Path) -> Iterator[Serving]:
    """A shop without customers of other tests, who would be served first."""
    with Serving(tmp_path, kefu_yaml("100ms")) as serving:
        yield serving


def test_customers_are_served_and_the_clerks_are_gone_afterwards(market: Serving) -> None:
    said = kefu(
        "demo", "--data", str(market.data), "--speed", "60", "--minutes", "0.15", "--seed", "5", "--json"
    )
    assert said.code == 0, said.err
    told = json.loads(said.out)
    assert told["answers"] > 5
    assert told["visits"].get("served", 0) + told["visits"].get("rated", 0) > 0
    assert told["visits"]["here"] == 0
    assert "The shop is open" in said.err
    clerks = [
        agent
        for agent in market.admin("GET", "/admin/agents")[1]["agents"]
        if agent["login"].startswith("demo-")
    ]
    assert len(clerks) == 3
    assert all(agent["disabled"] for agent in clerks)
    assert kefu("demo", "--data", str(market.data), "--speed", "60", "--minutes", "0.02", lang="zh").code == 0
    again = [agent["login"] for agent in market.admin("GET", "/admin/agents")[1]["agents"]]
    assert sorted(again) == sorted(set(again))
    assert sum(login.startswith("demo-") for login in again) == 3


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--url", "http://192.0.2.1:8080"), 2, "not loopback"),
        (("--speed", "0"), 2, "--speed 10"),
        (("--speed", "1000"), 2, "--speed 10"),
        (("--minutes", "-1"), 2, "minutes"),
        ((), 1, "kefu run"),
    ],
)
def test_what_cannot_be_is_refused_with_its_remedy(
    arguments: tuple[str, ...], code: int, words: str, tmp_path: Path
) -> None:
    said = kefu("demo", "--data", str(tmp_path), *arguments)
    assert said.code == code
    assert words in said.err
    assert "Traceback" not in said.err


def test_the_shop_knows_who_waits_and_how_long_a_moment_is() -> None:
    shop = Shop(Door("127.0.0.1", 1, here=True), ["cookie"], "secret", "zh", 10.0, 1)
    person = shop.clerks[0].person
    person.desk = Frame(t="desk", waiting=[{"conversation": "c"}, {"conversation": "d"}])
    assert shop.waiting == 0, "a clerk who is not connected knows nothing"
    person.welcomed.set()
    assert shop.waiting == 2
    assert shop.pause(20) == 2
    assert shop.answer_of("c") is None
