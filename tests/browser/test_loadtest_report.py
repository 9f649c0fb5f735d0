"""The load-test report in a browser: it fits, switches, says its values, and asks the network for nothing."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.watch import Watch
from tests.tools.loadtest.report.sample import sample
from tools.loadtest.report import html

pytestmark = pytest.mark.browser
EVIL = "<script>document.title = 'ran'</script>"


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
def test_the_report_in_a_browser(chromium: Browser, tmp_path: Path, width: int, locale: str) -> None:
    file = tmp_path / "report.html"
    file.write_text(html(sample(title_en=EVIL, title_zh=EVIL), sample(seed=6)), encoding="utf-8")
    context = chromium.new_context(viewport={"width": width, "height": 844}, locale=locale)
    try:
        page = context.new_page()
        # The file itself has no host; anything else would be noted.
        watch = Watch(page, {""})
        requests: list[str] = []
        page.on("request", lambda request: requests.append(request.url))
        page.goto(file.as_uri())
        _read(page, locale[:2])
        other = "en" if locale == "zh-CN" else "zh"
        page.locator(f"[data-to={other}]").click()
        _read(page, other)
        assert page.title() != "ran"
        assert [url for url in requests if not url.startswith(("data:", file.as_uri()))] == []
        assert watch.found == []
        with page.expect_download() as download:
            page.locator(f"[data-page={other}] [data-save=raw-csv]").click()
        assert download.value.suggested_filename.endswith(".csv")
    finally:
        context.close()


def _read(page: Page, language: str) -> None:
    hidden = "en" if language == "zh" else "zh"
    expect(page.locator(f"[data-page={language}] h1")).to_be_visible()
    expect(page.locator(f"[data-page={hidden}] h1")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    figure = page.locator(f"[data-page={language}] .front figure")
    figure.locator("[data-say]").nth(30).hover()
    expect(figure.locator(".readout")).to_contain_text("—")
