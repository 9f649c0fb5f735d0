"""Take pictures of the console against the fake server (SEED=1), to be looked at.  Development only.

Usage: python -m tests.browser.pictures_of_console http://127.0.0.1:8098 OUTDIR
"""

import sys
from typing import Literal

from playwright.sync_api import Page, sync_playwright

ARGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
ARGS += ["--disable-component-update", "--disable-sync", "--no-first-run"]

LOOKS: list[tuple[str, Literal["light", "dark"]]] = [("zh", "light"), ("en", "dark")]


def shot(page: Page, name: str) -> None:
    page.wait_for_timeout(350)
    page.screenshot(path=f"{name}.png")


def main(base: str, out: str) -> None:
    """Write the pictures to the folder `out`."""
    with sync_playwright() as p:
        p.selectors.set_test_id_attribute("data-test")
        browser = p.chromium.launch(executable_path="/usr/bin/chromium", args=ARGS)
        for width, height in ((1280, 800), (390, 844)):
            for lang, scheme in LOOKS:
                locale = "zh-CN" if lang == "zh" else "en-GB"
                context = browser.new_context(
                    viewport={"width": width, "height": height}, color_scheme=scheme, locale=locale
                )
                page = context.new_page()
                page.on(
                    "console",
                    lambda m: print("console:", m.type, m.text) if m.type in ("error", "warning") else None,
                )
                page.on("pageerror", lambda e: print("pageerror:", e))
                name = f"{out}/console-{width}-{lang}-{scheme}"
                page.goto(f"{base}/console")
                hook = page.get_by_test_id
                hook("login-form").wait_for()
                shot(page, f"{name}-0-login")
                hook("login").fill("lin")
                hook("password").fill("camellia")
                hook("submit").click()
                hook("conversation-item").first.wait_for()
                if width == 390:
                    shot(page, f"{name}-1-list")
                page.locator('[data-test="conversation-item"]', has_text="李佳怡").click()
                hook("composer").fill("您好，已经帮您催仓库，今天会发出。")
                hook("send").click()
                page.locator(
                    '[data-test="message"][data-state="sent"], [data-test="message"][data-state="read"]'
                ).last.wait_for()
                hook("composer").fill("/")
                shot(page, f"{name}-2-talk")
                hook("composer").fill("")
                if width == 390:
                    hook("panel-open").click()
                    shot(page, f"{name}-3-panel")
                    page.locator("kefu-panel .back").click()
                hook("transfer").click()
                hook("transfer-target").first.click()
                shot(page, f"{name}-4-transfer")
                page.keyboard.press("Escape")
                hook("mode-note").click()
                hook("composer").fill("只给同事看")
                hook("send").click()
                shot(page, f"{name}-5-note")
                page.keyboard.press("Control+k")
                shot(page, f"{name}-6-palette")
                page.keyboard.press("Escape")
                if width == 390:
                    hook("back").click()
                hook("tab-queue").click()
                shot(page, f"{name}-7-queue")
                hook("tab-team").click()
                hook("team-row").first.wait_for()
                hook("team-add").click()
                shot(page, f"{name}-8-team")
                if width == 390:
                    page.locator("kefu-team .back").click()
                else:
                    hook("tab-replies").click()
                    shot(page, f"{name}-9-replies")
                hook("settings").click()
                shot(page, f"{name}-a-settings")
                hook("sign-out").click()
                hook("login-form").wait_for()
                context.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
