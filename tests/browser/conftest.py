"""Stages for the browser tests: one Chromium for all, for each test fresh profiles, an appliance, and what is left of a failure."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.appliance import PATIENCE, ROOT, Appliance, configuration
from tests.browser.people import Agent, Visitor
from tests.browser.watch import Watch

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
SCREENS = ROOT / "build" / "screens"
_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Remember on the test that it failed, for the stage that clears up after it."""
    report: pytest.TestReport = yield  # type: ignore[assignment]  # what a wrapper is sent
    if report.failed:
        item.stash[_FAILED] = True
    return report  # type: ignore[return-value]


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, without what it likes to fetch by itself."""
    assert Path(CHROMIUM).exists(), f"{CHROMIUM} is not there. Run: sudo apt-get install -y chromium"
    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


class Stage:
    """A house with an appliance and as many people as a test asks for, each with a browser profile of his own."""

    def __init__(self, browser: Browser, place: Path) -> None:
        self.place = place
        self.watches: list[Watch] = []
        self._browser = browser
        self._houses: list[Appliance] = []
        self._pages: list[tuple[str, Page]] = []

    def house(self, *changes: tuple[str, str], origins: tuple[str, ...] = ()) -> Appliance:
        """Start an appliance by kefu.yaml with these changes."""
        house = Appliance(self.place, configuration(*changes, origins=origins))
        self._houses.append(house)
        house.start()
        return house

    def page(self, name: str, house: Appliance, *hosts: str, **profile: Any) -> Page:
        """Open a page in a fresh profile; `hosts` are those besides the appliance that it may speak to."""
        profile = {"viewport": {"width": 1280, "height": 800}, "locale": "zh-CN", **profile}
        context = self._browser.new_context(**profile)
        context.set_default_timeout(PATIENCE * 1000)
        page = context.new_page()
        self._pages.append((name, page))
        self.watches.append(Watch(page, {house.url.removeprefix("http://"), *hosts}))
        return page

    def visitor(self, house: Appliance, name: str = "visitor", **profile: Any) -> Visitor:
        """Return somebody who has not come yet."""
        return Visitor(self.page(name, house, **profile), house)

    def owner(self, house: Appliance, **profile: Any) -> Agent:
        """Return the owner, signed in by the link that the appliance printed at its first start."""
        owner = Agent(self.page("owner", house, **profile), house, "店主")
        owner.accept_invitation(house.owner_link)
        return owner

    def agent(self, owner: Agent, name: str, login: str, *skills: str, **profile: Any) -> Agent:
        """Return a new agent: added by the owner on the team page, signed in by the link he was given."""
        agent = Agent(self.page(login, owner.house, **profile), owner.house, name)
        agent.accept_invitation(owner.invite(name, login, *skills))
        return agent

    def allow(self, *wrongs: str) -> None:
        """Say that these may happen on every page of the stage."""
        for watch in self.watches:
            watch.allowed += wrongs

    def keep(self, folder: Path) -> None:
        """Save what the pages show and what the appliance logged."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name, page in self._pages:
            if not page.is_closed():
                page.screenshot(path=folder / f"{name}.png")
        for house in self._houses:
            shutil.copy(house.log, folder)
        wrongs = [wrong for watch in self.watches for wrong in watch.wrongs]
        (folder / "console.txt").write_text("\n".join(wrongs), encoding="utf-8")

    def clear(self) -> None:
        """Close all pages, stop all appliances."""
        for _, page in self._pages:
            page.context.close()
        for house in self._houses:
            house.stop()


@pytest.fixture
def stage(chromium: Browser, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Stage]:
    """An empty stage; nothing may have gone wrong on its pages at the end."""
    stage = Stage(chromium, tmp_path)
    try:
        yield stage
        found = [wrong for watch in stage.watches for wrong in watch.found]
        failed = request.node.stash.get(_FAILED, False)
        if found or failed:
            stage.keep(SCREENS / "failed" / re.sub(r"[^\w.-]+", "-", request.node.name))
        assert failed or not found, "on the pages:\n" + "\n".join(found)
    finally:
        stage.clear()


@pytest.fixture(scope="session")
def screens() -> Path:
    """The folder for pictures that people look at."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    return SCREENS


Photograph = Callable[[Page, str], None]


@pytest.fixture
def photograph(screens: Path) -> Photograph:
    """Take a picture of a page, with motion ended, under this name."""

    def take(page: Page, name: str) -> None:
        page.screenshot(path=screens / f"{name}.png", animations="disabled")

    return take
