"""What a visitor and an agent do and see, in their own words, so that the tests read like a conversation."""

import difflib
import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

from appliance.model import Audience
from tests.browser.appliance import Appliance, Message, until

PASSWORD = "camellia-1983"
READ_ROWS = """rows => rows.map(row => ({
    seq: Number(row.dataset.seq || 0), cid: row.dataset.cid, author: row.dataset.author, state: row.dataset.state,
    text: row.querySelector('.bubble')?.innerText ?? '',
}))"""


class Person:
    """Somebody at a page of the appliance."""

    inside = ""
    audience = Audience.VISITOR

    def __init__(self, page: Page, house: Appliance) -> None:
        self.page = page
        self.house = house

    def hook(self, name: str, **having: str) -> Locator:
        """Return what carries data-test=`name`, and data-x=`value` for every further argument."""
        wanted = "".join(f'[data-{key}="{value}"]' for key, value in having.items())
        return self.page.locator(f'{self.inside} [data-test="{name}"]{wanted}'.strip())

    def write(self, text: str) -> None:
        """Type without sending."""
        self.hook("composer").fill(text)

    def say(self, text: str) -> None:
        """Write and send."""
        self.write(text)
        self.hook("composer").press("Enter")

    def said(self, text: str, **having: str) -> Locator:
        """Return the message with this text."""
        exactly = re.compile(rf"^\s*{re.escape(text)}\s*$")
        return self.hook("message", **having).filter(
            has=self.page.locator(".bubble").filter(has_text=exactly)
        )

    def hears(self, text: str) -> None:
        """Wait until exactly one message with this text is on the screen, and in the log."""
        expect(self.said(text)).to_have_count(1)
        expect(self.said(text)).not_to_have_attribute("data-seq", "")

    def rows(self) -> list[dict[str, Any]]:
        """Return all messages on the screen, in order."""
        found: list[dict[str, Any]] = self.hook("message").evaluate_all(READ_ROWS)
        return found

    def messages(self) -> list[Message]:
        """Return all messages on the screen as the log would have them; unsent ones have the seq 0."""
        return [Message(row["seq"], row["author"], row["text"]) for row in self.rows()]

    def agrees(self, conversation: str) -> list[Message]:
        """Wait until the page shows exactly what the log has, in its order: nothing lost, nothing twice."""
        shown, logged = self.messages(), self.house.messages(conversation, self.audience)

        def same() -> bool:
            nonlocal shown, logged
            shown, logged = self.messages(), self.house.messages(conversation, self.audience)
            return shown == logged

        def difference() -> str:
            both = "\n".join(difflib.ndiff([str(each) for each in logged], [str(each) for each in shown]))
            return f"the page shows what the log has (- only in the log, + only on the page):\n{both}"

        until(same, difference)
        return shown

    def online(self) -> None:
        """Wait until the page is connected."""
        expect(self.hook("connection")).to_have_attribute("data-state", "online")


class Visitor(Person):
    """A visitor of the demonstration shop."""

    inside = "kefu-widget"

    def come(self, lang: str = "zh") -> None:
        """Open the shop and the chat window."""
        self.page.goto(f"{self.house.url}/demo?lang={lang}")
        self.hook("launcher").click()
        expect(self.hook("composer")).to_be_visible()
        self.online()

    def has(self, agent: str) -> None:
        """Wait until this agent has joined."""
        expect(self.hook("agent-name")).to_have_text(agent)


class Agent(Person):
    """Somebody of the staff at the console."""

    inside = "kefu-console"
    audience = Audience.STAFF

    def __init__(self, page: Page, house: Appliance, name: str) -> None:
        super().__init__(page, house)
        self.name = name

    def accept_invitation(self, link: str) -> None:
        """Open the one-time link and set a password."""
        self.page.goto(link)
        self.hook("password").fill(PASSWORD)
        self.hook("password-again").fill(PASSWORD)
        self.hook("invite-name").fill(self.name)
        self.hook("submit").click()
        self.online()

    def invite(self, name: str, login: str, *skills: str) -> str:
        """Add a member of the team, for all queues unless `skills` names some; return the link for him."""
        self.hook("tab-team").click()
        self.hook("team-add").click()
        self.hook("team-name").fill(name)
        self.hook("team-login").fill(login)
        for skill in skills:
            self.page.get_by_label(skill, exact=True).check()
        self.hook("team-save").click()
        expect(self.hook("team-invite")).to_contain_text(name)
        return self.hook("team-link").input_value()

    def close(self) -> None:
        """End the conversation that is open."""
        self.hook("close").click()
        self.hook("close-confirm").click()

    def choose(self, status: str) -> None:
        """Set the own status and wait until the server has it."""
        self.hook(f"status-{status}").click()
        self.shows(status)
        until(lambda: self._known() == status, f"{self.name} is {status}")

    def _known(self) -> str:
        question = (
            "SELECT presence.status FROM presence JOIN agent ON agent.id = agent WHERE body ->> 'name' = ?"
        )
        rows = self.house.query(question, self.name)
        return rows[0][0] if rows else ""

    def shows(self, status: str) -> None:
        """Wait until the console shows this as the own status."""
        expect(self.hook(f"status-{status}")).to_have_attribute("aria-checked", "true")

    def takes(self, conversation: str) -> None:
        """Wait until this conversation is in the own list, and open it."""
        self.hook("tab-mine").click()
        item = self.hook("conversation-item", id=conversation)
        item.click()
        # Faster than any person: without this the next words go to whom the page still shows.
        expect(item).to_have_attribute("aria-current", "true")
        expect(self.hook("composer")).to_be_visible()
