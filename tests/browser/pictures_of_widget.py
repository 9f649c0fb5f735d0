"""Take pictures of the demo page and the widget against the fake server, to be looked at.  Development only.

Usage: python -m tests.browser.pictures_of_widget http://127.0.0.1:8099 OUTDIR
"""

import sys
from typing import Literal

from playwright.sync_api import Locator, Page, sync_playwright

ARGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
ARGS += ["--disable-component-update", "--disable-sync", "--no-first-run"]

LOOKS: list[tuple[str, Literal["light", "dark"]]] = [("zh", "light"), ("en", "dark")]


def hook(page: Page, name: str) -> Locator:
    return page.locator(f'kefu-widget [data-test="{name}"]')


def main(base: str, out: str) -> None:
    """Write the pictures to the folder `out`."""
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path="/usr/bin/chromium", args=ARGS)
        for width, height in ((1280, 800), (390, 844)):
            for lang, scheme in LOOKS:
                context = browser.new_context(
                    viewport={"width": width, "height": height},
                    color_scheme=scheme,
                    locale="zh-CN" if lang == "zh" else "en-GB",
                )
                page = context.new_page()
                page.on(
                    "console",
                    lambda m: print("console:", m.type, m.text) if m.type in ("error", "warning") else None,
                )
                page.on("pageerror", lambda e: print("pageerror:", e))
                name = f"{out}/widget-{width}-{lang}-{scheme}"
                page.goto(f"{base}/demo?lang={lang}")
                hook(page, "launcher").wait_for()
                page.screenshot(path=f"{name}-0-page.png")
                hook(page, "launcher").click()
                page.locator('kefu-widget [data-test="greeting"] .bubble').wait_for()
                page.wait_for_timeout(350)
                page.screenshot(path=f"{name}-1-greeting.png")
                hook(page, "composer").fill(
                    "你好,请问白山茶护手霜还有货吗?\n我想买两支"
                    if lang == "zh"
                    else "Hi! Is the hand cream in stock? https://shop.example.com/p/3"
                )
                hook(page, "send").click()
                hook(page, "queue-line").wait_for()
                page.wait_for_timeout(500)
                page.screenshot(path=f"{name}-2-queue.png")
                page.locator('kefu-widget [data-kind="joined"]').wait_for(timeout=15000)
                hook(page, "composer").fill("x" * 9000)
                hook(page, "composer").press("Enter")
                page.locator('kefu-widget [data-state="failed"]').wait_for()
                hook(page, "discard").click()
                hook(page, "composer").fill("好的,我等您" if lang == "zh" else "Great, I will wait")
                hook(page, "composer").press("Enter")
                page.wait_for_timeout(400)
                page.screenshot(path=f"{name}-3-joined.png")
                hook(page, "more").click()
                page.wait_for_timeout(200)
                page.screenshot(path=f"{name}-4-menu.png")
                hook(page, "end").click()
                hook(page, "end-confirm").click()
                hook(page, "rating").wait_for()
                hook(page, "rating-star").nth(3).click()
                page.wait_for_timeout(250)
                page.screenshot(path=f"{name}-5-rating.png")
                hook(page, "rating-submit").click()
                page.locator('kefu-widget [data-kind="rated"]').wait_for()
                hook(page, "composer").fill("晚上了,想留言" if lang == "zh" else "offline message please")
                hook(page, "composer").press("Enter")
                hook(page, "form").wait_for()
                page.wait_for_timeout(300)
                page.screenshot(path=f"{name}-6-form.png")
                context.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
