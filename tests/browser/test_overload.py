"""The overload ladder as people meet it: chiefs hold and rehearse it on a page, everybody sees what is off, nothing is lost.

The appliance is idle; its tiers are forced.  That load leads to them is proven elsewhere.
"""

import json
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, WebSocket, expect

from tests.browser.appliance import Appliance, until
from tests.browser.conftest import Photograph, Stage
from tests.browser.people import Agent, Visitor
from tests.browser.test_pages import DRESSES, Tour, dress

pytestmark = pytest.mark.browser

BUSY = "当前咨询较多，消息可能会晚一两秒到"
TURNED_AWAY = ("WebSocket connection to", "503")
"""What Chromium says of a handshake and a poll that an overloaded appliance refuses."""

# The tests say which tier it is; only a machine that stands still gets to these by itself.
CALM = (
    ("when: load > 70%, action: read_receipts_off", "when: load > 98%, action: read_receipts_off"),
    ("when: load > 85%, action: {delay_push", "when: load > 99%, action: {delay_push"),
    ("when: load > 95%, action: simple_protocol", "when: load > 100%, action: simple_protocol"),
)
CALM_WITHIN = 90.0
"""Seconds after which all tiers have been left, whatever stumbled at the start."""


class Frames:
    """What a page says over its WebSockets and hears from them, by the kind of frame."""

    def __init__(self, page: Page) -> None:
        self.sent: list[str] = []
        self.heard: list[str] = []
        page.on("websocket", self._listen)

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framesent", lambda data: self.sent.extend(_kinds(data)))
        socket.on("framereceived", lambda data: self.heard.extend(_kinds(data)))


def _kinds(data: str | bytes) -> list[str]:
    told = json.loads(data)
    return [frame["t"] for frame in (told if isinstance(told, list) else [told])]


def hold(chief: Agent, tier: int) -> None:
    """Hold a tier from the page and wait until it is there."""
    chief.hook("tab-load").click()
    chief.hook("load-pick").select_option(str(tier))
    chief.hook("load-hold").click()
    expect(chief.hook("load-tier")).to_have_attribute("data-tier", str(tier))


def calm(chief: Agent) -> None:
    """Wait until the load alone asks for no tier."""
    deadline = time.monotonic() + CALM_WITHIN
    while chief.page.context.request.get(f"{chief.house.url}/api/overload").json()["automatic"]:
        assert time.monotonic() < deadline, "this machine is too busy for a test of tiers"
        chief.page.wait_for_timeout(250)


def changes(chief: Agent) -> list[tuple[int, int]]:
    """Return the steps that the page lists, oldest first."""
    rows = chief.hook("load-change").evaluate_all(
        "rows => rows.map(row => [row.dataset.from, row.dataset.to])"
    )
    return [(int(before), int(after)) for before, after in reversed(rows)]


def talk(stage: Stage) -> tuple[Appliance, Agent, Agent, Visitor, Frames]:
    """Begin a conversation between a visitor and an agent, with the owner looking on."""
    house = stage.house(*CALM)
    owner = stage.owner(house)
    calm(owner)
    lin = stage.agent(owner, "林小月", "lin")
    lin.choose("ready")
    visitor = stage.visitor(house)
    frames = Frames(visitor.page)
    visitor.come()
    visitor.say("在吗?")
    [conversation] = until(lambda: house.conversations, "the first message opens a conversation")
    lin.takes(conversation)
    visitor.has("林小月")
    return house, owner, lin, visitor, frames


def test_each_tier_from_the_page_and_back(stage: Stage) -> None:
    house, owner, lin, visitor, frames = talk(stage)
    expect(lin.hook("mode-strip")).to_have_count(0)
    visitor.write("我想问")
    expect(lin.hook("typing")).to_contain_text("我想问")
    visitor.write("")
    expect(lin.hook("typing")).to_have_count(0)

    hold(owner, 1)
    expect(owner.hook("load-off")).to_contain_text("正在输入关闭")
    expect(owner.hook("load-rung", tier="1")).to_have_attribute("aria-current", "true")
    expect(lin.hook("mode-strip")).to_have_attribute("data-tier", "1")
    expect(lin.hook("mode-strip")).to_contain_text("已读回执延后、正在输入关闭")
    until(lambda: "mode" in frames.heard, "the visitor's page is told")
    expect(visitor.hook("mode-line")).to_be_empty()
    told = frames.sent.count("typing")
    visitor.write("第一档")
    visitor.say("第一档也能聊")
    lin.hears("第一档也能聊")
    expect(visitor.said("第一档也能聊")).not_to_have_attribute("data-state", "sending")
    expect(lin.hook("typing")).to_have_count(0)
    assert frames.sent.count("typing") == told

    hold(owner, 2)
    expect(visitor.hook("mode-line")).to_have_text(BUSY)
    lin.say("第二档也能聊")
    visitor.hears("第二档也能聊")

    hold(owner, 3)
    expect(lin.hook("mode-strip")).to_contain_text("新访客请稍后再来")
    lin.hook("transfer").click()
    expect(lin.hook("desk-age")).to_contain_text("秒前")
    lin.page.keyboard.press("Escape")
    late = stage.visitor(house, "late")
    stage.allow(*TURNED_AWAY)
    late.page.goto(f"{house.url}/demo?lang=zh")
    late.hook("launcher").click()
    expect(late.hook("connection")).to_have_attribute("data-state", "full")
    expect(late.hook("window")).to_contain_text("暂时接待不过来")
    expect(late.hook("greeting")).to_contain_text("一有空位就会自动发出")
    late.say("我先写下来")
    expect(late.said("我先写下来")).to_have_attribute("data-state", "sending")
    lin.say("第三档也能聊")
    visitor.hears("第三档也能聊")

    expect(owner.hook("load-forced")).to_contain_text("店主 保持在第 3 档")
    owner.hook("load-auto").click()
    expect(owner.hook("load-forced")).to_have_count(0)
    hold(owner, 0)
    expect(owner.hook("load-zero")).to_be_visible()
    expect(visitor.hook("mode-line")).to_be_empty()
    expect(lin.hook("mode-strip")).to_have_count(0)
    # Nobody presses anything: who was turned away comes back by himself, with what he wrote.
    late.hears("我先写下来")
    late.online()
    visitor.write("又能看到我打字了")
    expect(lin.hook("typing")).to_contain_text("又能看到我打字了")
    [conversation, *_] = house.conversations
    visitor.write("")
    visitor.agrees(conversation)
    assert changes(owner)[-6:] == [(0, 1), (1, 2), (2, 3), (3, 2), (2, 1), (1, 0)]


def test_a_rehearsal_runs_through_all_tiers_after_it_was_confirmed(stage: Stage) -> None:
    _, owner, lin, visitor, _ = talk(stage)
    # The whole way by keyboard.
    owner.hook("tab-load").focus()
    owner.page.keyboard.press("Enter")
    expect(owner.hook("load-share")).to_contain_text("%")
    owner.hook("rehearse").focus()
    owner.page.keyboard.press("Enter")
    expect(owner.hook("rehearse-dialog")).to_be_visible()
    owner.page.keyboard.press("Escape")
    expect(owner.hook("rehearse-dialog")).to_be_hidden()
    expect(owner.hook("rehearse")).to_be_focused()
    known = len(changes(owner))

    owner.page.keyboard.press("Enter")
    owner.hook("rehearse-hold").select_option("2")
    expect(owner.hook("rehearse-dialog")).to_contain_text("10 秒")
    owner.hook("rehearse-go").click()
    expect(owner.hook("load-forced")).to_contain_text("正在演练")
    expect(lin.hook("mode-strip")).to_contain_text("演练第 1 档")
    expect(visitor.hook("mode-line")).to_have_text(BUSY)
    expect(lin.hook("mode-strip", tier="3")).to_be_visible()
    visitor.say("演练中也能聊")
    lin.hears("演练中也能聊")
    expect(lin.hook("mode-strip")).to_have_count(0)
    expect(visitor.hook("mode-line")).to_be_empty()
    expect(owner.hook("load-tier")).to_have_attribute("data-tier", "0")
    expect(owner.hook("load-change")).to_have_count(known + 6)
    assert changes(owner)[known:] == [(0, 1), (1, 2), (2, 3), (3, 2), (2, 1), (1, 0)]
    expect(owner.hook("load-change", to="3").first).to_contain_text("演练")


def test_the_page_asks_only_while_it_is_open_and_agents_may_not(stage: Stage) -> None:
    house = stage.house(*CALM)
    owner = stage.owner(house)
    lin = stage.agent(owner, "林小月", "lin")
    asked: list[str] = []
    owner.page.on("request", lambda request: asked.append(request.url))
    owner.hook("tab-load").click()
    until(
        lambda: sum(url.endswith("/api/overload") for url in asked) >= 2 or _breathe(owner), "it asks again"
    )
    owner.hook("tab-team").click()
    expect(owner.hook("team-row")).to_have_count(2)
    asked.clear()
    owner.page.wait_for_timeout(2_500)  # more than two of its periods
    assert not [url for url in asked if url.endswith("/api/overload")]

    expect(lin.hook("tab-mine")).to_be_visible()
    expect(lin.hook("tab-load")).to_have_count(0)
    answer = lin.page.context.request.get(f"{house.url}/api/overload")
    assert answer.status == 403
    # Who is no chief any more while he looks is told so, and his page stops asking.
    stage.allow("403")
    lin.page.evaluate(
        "() => { document.querySelector('kefu-console').shadowRoot.querySelector('kefu-desk').bench.show('load') }"
    )
    expect(lin.hook("load-page")).to_contain_text("只有负责人和主管可以查看负载")
    expect(lin.hook("rehearse")).to_have_count(0)


def _breathe(person: Agent) -> bool:
    """Let the page's events come in."""
    person.page.wait_for_timeout(50)
    return False


class Held:
    """A house that is held at a tier, and what a browser needs to be a person in it."""

    def __init__(self, stage: Stage) -> None:
        self.house, owner, _, visitor, _ = talk(stage)
        hold(owner, 3)
        expect(visitor.hook("mode-line")).to_have_text(BUSY)
        self.owner = owner.page.context.storage_state()
        self.visitor = visitor.page.context.storage_state()


@pytest.fixture(scope="module")
def held(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Held]:
    stage = Stage(chromium, tmp_path_factory.mktemp("held"))
    try:
        yield Held(stage)
    finally:
        stage.clear()


@pytest.mark.parametrize(("width", "lang", "scheme"), DRESSES)
def test_how_it_looks(
    stage: Stage, held: Held, photograph: Photograph, width: int, lang: str, scheme: str
) -> None:
    looks: dict[str, Any] = dress(width, lang, scheme)
    tour = Tour(photograph, f"{width}-{lang}-{scheme}")

    visitor = stage.visitor(held.house, storage_state=held.visitor, **looks)
    visitor.come(lang)
    expect(visitor.hook("mode-line")).not_to_be_empty()
    tour.look(visitor.page, "overload-0-line")
    late = stage.visitor(held.house, "late", **looks)
    stage.allow(*TURNED_AWAY)
    late.page.goto(f"{held.house.url}/demo?lang={lang}")
    late.hook("launcher").click()
    expect(late.hook("connection")).to_have_attribute("data-state", "full")
    tour.look(late.page, "overload-1-turned-away")
    late.page.close()

    owner = Agent(stage.page("owner", held.house, storage_state=held.owner, **looks), held.house, "店主")
    owner.page.goto(f"{held.house.url}/console")
    owner.online()
    expect(owner.hook("mode-strip")).to_be_visible()
    tour.look(owner.page, "overload-2-strip")
    owner.hook("mode-more").click()
    expect(owner.hook("load-change").first).to_be_visible()
    expect(owner.page.locator("kefu-load .course")).to_have_attribute("d", re.compile("L.*L"))
    tour.look(owner.page, "overload-3-load")
    owner.page.locator("kefu-load").evaluate("page => page.scrollTo(0, page.scrollHeight)")
    tour.look(owner.page, "overload-4-changes")
    owner.page.locator("kefu-load").evaluate("page => page.scrollTo(0, 0)")
    owner.hook("rehearse").click()
    tour.look(owner.page, "overload-5-rehearsal")
    tour.end()
