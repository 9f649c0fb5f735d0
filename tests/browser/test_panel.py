"""The profiling panel in Chromium: live charts, captures, two of them compared, a flame graph; in every dress, from here alone."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.appliance import Appliance
from tests.browser.conftest import Photograph, Stage
from tests.browser.test_pages import DRESSES, Tour, dress
from tests.relay import relay
from tests.telemetry.profiling.unhurried import NO_THRESHOLDS, thresholds

pytestmark = pytest.mark.browser

# The viewer draws with WebGL, of which Chromium tells where there is no graphics card.
COMMENTS = ("GL Driver Message", "WebGL")
CHARTS = ("lag", "gc", "rss", "tasks", "cpu", "pools", "load")


class Place(NamedTuple):
    """A running appliance and where its admin routes are reached."""

    house: Appliance
    host: str


@pytest.fixture(scope="module")
def place(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """One appliance for all dresses."""
    stage = Stage(chromium, tmp_path_factory.mktemp("panel"))
    try:
        house = stage.house((thresholds(), NO_THRESHOLDS))
        with relay(stage.place / "data" / "admin.sock") as port:
            yield Place(house, f"127.0.0.1:{port}")
    finally:
        stage.clear()


def hook(where: Page, test: str, **data: str) -> Locator:
    """Return what carries this hook."""
    return where.locator(
        f'[data-test="{test}"]' + "".join(f'[data-{key}="{value}"]' for key, value in data.items())
    )


def opened(stage: Stage, place: Place, width: int, lang: str, scheme: str) -> Page:
    page = stage.page("panel", place.house, place.host, **dress(width, lang, scheme))
    stage.allow(*COMMENTS)
    page.goto(f"http://{place.host}/panel")
    expect(hook(page, "chart", name="rss").locator("b")).to_contain_text("MiB")
    return page


def test_charts_live_and_captures_are_taken_compared_drawn_and_deleted(stage: Stage, place: Place) -> None:
    page = opened(stage, place, 1280, "en", "light")
    for name in CHARTS:
        expect(hook(page, "chart", name=name)).to_be_visible()
    line = hook(page, "chart", name="rss").locator(".line")
    before = line.get_attribute("d")
    # A point a second: the line moves by itself.
    expect(line).not_to_have_attribute("d", before or "")

    for taken in range(2):
        hook(page, "take", name="tasks").click()
        expect(hook(page, "capture")).to_have_count(taken + 1)
    hook(page, "take", name="cpu-10").click()
    expect(hook(page, "take", name="cpu-10")).to_be_disabled()
    expect(hook(page, "capture")).to_have_count(3)
    expect(hook(page, "said")).to_contain_text("-cpu")

    expect(hook(page, "compare")).to_be_disabled()
    boxes = hook(page, "capture").locator("input")
    boxes.nth(0).check()
    boxes.nth(1).check()
    expect(hook(page, "compare")).to_be_disabled()
    boxes.nth(2).check()
    hook(page, "compare").click()
    expect(hook(page, "diff")).to_contain_text("appliance.stores.sqlite_writer.Writer")

    hook(page, "flame-of").first.click()
    viewer = page.frame_locator("iframe")
    expect(viewer.locator("body")).to_contain_text("Sandwich")
    expect(viewer.locator("body")).to_contain_text("-cpu")

    with page.expect_download() as download:
        page.get_by_text("Download").first.click()
    assert download.value.suggested_filename.endswith("-cpu.pb.gz")
    hook(page, "remove").first.click()
    expect(hook(page, "capture")).to_have_count(2)


def test_a_refusal_is_said(stage: Stage, place: Place) -> None:
    page, other = (opened(stage, place, 1280, "zh", "light") for _ in range(2))
    stage.allow("409")
    hook(page, "take", name="heap").click()
    expect(hook(page, "take", name="heap")).to_be_disabled()
    hook(other, "take", name="heap").click()
    said = other.locator('[data-test="wrong"]:visible, [data-test="said"]:has-text("-heap")')
    expect(said.first).to_be_visible()
    expect(hook(page, "take", name="heap")).to_be_enabled()


@pytest.mark.parametrize(("width", "lang", "scheme"), DRESSES)
def test_every_dress(
    stage: Stage, place: Place, photograph: Photograph, width: int, lang: str, scheme: str
) -> None:
    page, tour = opened(stage, place, width, lang, scheme), Tour(photograph, f"{width}-{lang}-{scheme}")
    hook(page, "take", name="tasks").click()
    expect(hook(page, "said")).to_contain_text("-tasks")
    hook(page, "take", name="tasks").click()
    expect(hook(page, "capture").nth(1)).to_be_visible()
    hook(page, "capture").locator("input").nth(0).check()
    hook(page, "capture").locator("input").nth(1).check()
    hook(page, "compare").click()
    expect(hook(page, "diff")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN" if lang == "zh" else "en")
    tour.look(page, "panel")
    tour.end()
