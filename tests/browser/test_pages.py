"""Every page in every dress: wide and narrow, Chinese and English, light and dark; named, legible, nothing sticking out.

The rooms are furnished once by real conversations; every dress then walks through all of them with the same cookies.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.appliance import until
from tests.browser.conftest import Photograph, Stage
from tests.browser.people import Agent, Visitor

pytestmark = pytest.mark.browser

INSPECT = (Path(__file__).parent / "inspect.js").read_text(encoding="utf-8")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DRESSES = [
    pytest.param(width, lang, scheme, id=f"{width}-{lang}-{scheme}")
    for width in (1280, 390)
    for lang in ("zh", "en")
    for scheme in ("light", "dark")
]


class Furnished:
    """Two houses, one open and one closed, and what a browser needs to be a person in them again."""

    def __init__(self, stage: Stage, night: Stage) -> None:
        self.stage = stage
        self.house = stage.house()
        opens = DAYS[(datetime.now(UTC).weekday() + 3) % 7]
        self.night = night.house(("mon-sun: 00:00-24:00", f"mon-sun: closed\n  {opens}: 09:00-18:00"))
        owner = stage.owner(self.house)
        self._write_replies(owner)
        lin = stage.agent(owner, "林小月", "lin", "售前")
        stage.agent(owner, "周明", "zhou", "VIP专席").choose("busy")
        lin.choose("ready")
        self.visitors = {
            "ended": self._ended(stage.visitor(self.house), lin),
            "talk": self._talk(stage.visitor(self.house), lin),
            "rating": self._rating(stage.visitor(self.house), lin),
            "queue": self._queue(stage.visitor(self.house)),
            "form": self._form(night.visitor(self.night)),
        }
        self.owner = owner.page.context.storage_state()
        self.lin = lin.page.context.storage_state()

    def _write_replies(self, owner: Agent) -> None:
        owner.hook("tab-replies").click()
        for shortcut, text in (
            ("nihao", "您好,我是山茶小铺的客服,很高兴为您服务。"),
            ("fahuo", "16 点前的订单当天发出。"),
        ):
            owner.hook("reply-add").click()
            owner.hook("reply-shortcut").fill(shortcut)
            owner.hook("reply-text").fill(text)
            owner.hook("reply-save").click()
            expect(owner.hook("reply-row").filter(has_text=text)).to_be_visible()

    def _begin(self, visitor: Visitor, lin: Agent, text: str) -> str:
        known = set(self.house.conversations)
        visitor.come()
        visitor.say(text)
        [new] = until(lambda: set(self.house.conversations) - known, "a new conversation")
        lin.takes(new)
        visitor.has("林小月")
        return new

    def _ended(self, visitor: Visitor, lin: Agent) -> Any:
        self._begin(visitor, lin, "礼盒能刻字吗?")
        lin.say("可以的,备注里写上就好。")
        visitor.hears("可以的,备注里写上就好。")
        lin.close()
        visitor.hook("rating-star", score="5").click()
        visitor.hook("rating-submit").click()
        expect(visitor.hook("line", kind="rated")).to_be_visible()
        return visitor.page.context.storage_state()

    def _talk(self, visitor: Visitor, lin: Agent) -> Any:
        self._begin(visitor, lin, "你好,上周买的护手霜还没到,单号 SF1029384756,能帮我查一下到哪里了吗?")
        lin.say("您好,我看一下物流,请稍等。")
        lin.say(
            "刚到杭州转运中心,明天上午派送。物流页: https://shop.example.com/orders/SF1029384756?from=service&lang=zh-CN"
        )
        lin.hook("mode-note").click()
        lin.say("第二次催件,注意安抚")
        lin.hook("mode-reply").click()
        visitor.say("好的,谢谢")
        lin.hears("好的,谢谢")
        return visitor.page.context.storage_state()

    def _rating(self, visitor: Visitor, lin: Agent) -> Any:
        self._begin(visitor, lin, "满多少包邮?")
        lin.say("满 199 元包邮。")
        visitor.hears("满 199 元包邮。")
        lin.close()
        expect(visitor.hook("rating")).to_be_visible()
        return visitor.page.context.storage_state()

    def _queue(self, visitor: Visitor) -> Any:
        visitor.come()
        visitor.hook("menu-item").filter(has_text="退换货").click()
        expect(visitor.hook("queue-line")).to_be_visible()
        return visitor.page.context.storage_state()

    def _form(self, visitor: Visitor) -> Any:
        visitor.come()
        visitor.say("明天几点上班?")
        expect(visitor.hook("form")).to_be_visible()
        return visitor.page.context.storage_state()


@pytest.fixture(scope="module")
def furnished(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Furnished]:
    day, night = (Stage(chromium, tmp_path_factory.mktemp(name)) for name in ("day", "night"))
    try:
        yield Furnished(day, night)
    finally:
        day.clear()
        night.clear()


class Tour:
    """Walks through the views of a page in one dress, inspects each and takes its picture."""

    def __init__(self, photograph: Photograph, dress: str) -> None:
        self._wrongs: dict[str, list[str]] = {}
        self._photograph = photograph
        self._dress = dress

    def look(self, page: Page, view: str) -> None:
        """Inspect what is shown now."""
        page.evaluate(
            "() => document.fonts.ready.then(() => document.getAnimations().forEach(each => each.finish()))"
        )
        self._photograph(page, f"{view}-{self._dress}")
        for wrong in page.evaluate(INSPECT):
            self._wrongs.setdefault(wrong, []).append(view)

    def end(self) -> None:
        """Fail with everything that was found."""
        told = "\n".join(f"{wrong}  (in {', '.join(views)})" for wrong, views in self._wrongs.items())
        assert told == "", f"in {self._dress}:\n{told}"


def dress(width: int, lang: str, scheme: str) -> dict[str, Any]:
    """Return the profile of a browser in this dress."""
    size = {"width": width, "height": 800 if width > 800 else 844}
    return {"viewport": size, "color_scheme": scheme, "locale": "zh-CN" if lang == "zh" else "en-GB"}


@pytest.mark.parametrize(("width", "lang", "scheme"), DRESSES)
def test_the_shop_and_the_widget(
    stage: Stage, furnished: Furnished, photograph: Photograph, width: int, lang: str, scheme: str
) -> None:
    looks, tour = dress(width, lang, scheme), Tour(photograph, f"{width}-{lang}-{scheme}")

    fresh = stage.visitor(furnished.house, **looks)
    fresh.page.goto(f"{furnished.house.url}/demo?lang={lang}")
    expect(fresh.hook("launcher")).to_be_visible()
    tour.look(fresh.page, "widget-0-shop")
    fresh.hook("launcher").click()
    expect(fresh.hook("menu-item")).to_have_count(2)
    tour.look(fresh.page, "widget-1-greeting")
    fresh.hook("more").click()
    tour.look(fresh.page, "widget-2-menu")

    signs = {"talk": "message", "queue": "queue-line", "rating": "rating", "form": "form", "ended": "message"}
    for view, state in furnished.visitors.items():
        house = furnished.night if view == "form" else furnished.house
        visitor = stage.visitor(house, view, storage_state=state, **looks)
        visitor.come(lang)
        expect(visitor.hook(signs[view]).first).to_be_visible()
        expect(visitor.hook("log")).to_have_attribute("role", "log")
        tour.look(visitor.page, f"widget-3-{view}")
        if view == "rating":
            visitor.hook("rating-star", score="4").click()
            tour.look(visitor.page, "widget-4-rated")
        if view == "talk":
            visitor.hook("more").click()
            visitor.hook("end").click()
            expect(visitor.hook("end-confirm")).to_be_visible()
            # The bar takes room from the conversation, and its newest message stays in sight.
            expect(visitor.said("好的,谢谢")).to_be_in_viewport(ratio=0.9)
            tour.look(visitor.page, "widget-5-end")
    tour.end()


@pytest.mark.parametrize(("width", "lang", "scheme"), DRESSES)
def test_the_console(
    stage: Stage, furnished: Furnished, photograph: Photograph, width: int, lang: str, scheme: str
) -> None:
    looks, tour = dress(width, lang, scheme), Tour(photograph, f"{width}-{lang}-{scheme}")
    house, narrow = furnished.house, width < 800

    door = stage.page("door", house, **looks)
    door.goto(f"{house.url}/console")
    expect(door.locator('[data-test="login-form"]')).to_be_visible()
    tour.look(door, "console-0-door")
    door.goto(f"{house.url}/console#invite=a-secret-nobody-gave-out")
    expect(door.locator('[data-test="invite-form"]')).to_be_visible()
    tour.look(door, "console-1-invitation")

    lin = Agent(stage.page("lin", house, storage_state=furnished.lin, **looks), house, "林小月")
    lin.page.goto(f"{house.url}/console")
    talk = lin.hook("conversation-item").filter(has_text="谢谢")
    expect(talk).to_be_visible()
    tour.look(lin.page, "console-2-list")
    talk.click()
    expect(lin.said("好的,谢谢")).to_be_visible()
    expect(lin.page.locator("kefu-console [role=log]")).to_be_visible()
    tour.look(lin.page, "console-3-talk")
    lin.write("/")
    expect(lin.hook("quick-reply")).to_have_count(2)
    tour.look(lin.page, "console-4-replies")
    lin.write("")
    lin.hook("mode-note").click()
    tour.look(lin.page, "console-5-note")
    if narrow:
        lin.hook("panel-open").click()
        expect(lin.hook("trace")).to_be_visible()
        tour.look(lin.page, "console-6-panel")
        lin.page.locator("kefu-panel .back").click()
    lin.hook("transfer").click()
    lin.hook("transfer-target").first.click()
    tour.look(lin.page, "console-7-transfer")
    lin.page.keyboard.press("Escape")
    lin.hook("close").click()
    expect(lin.hook("close-confirm")).to_be_visible()
    tour.look(lin.page, "console-8-close")
    lin.page.keyboard.press("Escape")
    lin.page.keyboard.press("Control+k")
    expect(lin.hook("palette-item").first).to_be_visible()
    tour.look(lin.page, "console-9-palette")

    owner = Agent(stage.page("owner", house, storage_state=furnished.owner, **looks), house, "店主")
    owner.page.goto(f"{house.url}/console")
    owner.online()
    tour.look(owner.page, "console-a-nothing")
    owner.hook("tab-queue").click()
    expect(owner.hook("queue-item")).to_have_count(1)
    tour.look(owner.page, "console-b-queue")
    owner.hook("tab-history").click()
    expect(owner.hook("history-item")).to_have_count(4)
    tour.look(owner.page, "console-c-history")
    owner.hook("settings").click()
    expect(owner.hook("sign-out")).to_be_visible()
    tour.look(owner.page, "console-d-settings")
    owner.page.keyboard.press("Escape")
    owner.hook("tab-team").click()
    expect(owner.hook("team-row")).to_have_count(3)
    tour.look(owner.page, "console-e-team")
    owner.hook("team-add").click()
    tour.look(owner.page, "console-f-new-member")
    if narrow:
        owner.page.locator("kefu-team .back").click()
    owner.hook("tab-replies").click()
    expect(owner.hook("reply-row")).to_have_count(2)
    owner.hook("reply-add").click()
    tour.look(owner.page, "console-g-replies")
    tour.end()
