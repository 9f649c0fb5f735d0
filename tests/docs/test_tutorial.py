"""The story of the tutorial is true: after it VIPs do come first."""

import asyncio
import hashlib
import hmac
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.docs.recipes import LANGUAGES, Language
from tests.docs.walkthrough import START, Walkthrough, blocks, page
from tools.loadtest.person import Person
from tools.loadtest.serving import Serving

TUTORIAL = "vip-first.md"
PATIENCE = 20.0


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_shows_the_file_that_it_begins_with(language: Language) -> None:
    (shown,) = [block.body for block in blocks(page(language, TUTORIAL)) if block.kind == "yaml"]
    assert START[language].read_text(encoding="utf-8").partition("\n")[2] == shown


def test_after_it_a_vip_is_served_before_who_came_first(tmp_path: Path) -> None:
    with Walkthrough(tmp_path, "en") as walk:
        for block in blocks(page("en", TUTORIAL)):
            if block.kind == "diff":
                walk.edit(block.body)
        assert "Live (number 2)" in walk.run("kefu apply --confirm 10m")
        assert "Confirmed" in walk.run("kefu confirm")
        cookie = walk.serving.hire("lin", capacity=1)
        first, served = asyncio.run(_served_first(walk.serving, cookie))
    assert served == [first]


async def _served_first(serving: Serving, cookie: str) -> tuple[str | None, list[str]]:
    """Let Ann write, then a VIP, then an agent come who has room for one; return the VIP's conversation and the agent's."""
    ann, vip = Person(serving.port), Person(serving.port, identity=_signed(serving.data, level=3))
    agent = Person(serving.port, cookie)
    for person in (ann, vip, agent):
        await person.connect()
        await person.welcomed.wait()
    ann.say("hello")
    await _until(lambda: ann.conversation is not None)
    vip.say("hello")
    await _until(lambda: vip.conversation is not None)
    agent.frame(t="presence", status="ready")
    await _until(lambda: bool(agent.cards))
    served = list(agent.cards)
    for person in (ann, vip, agent):
        person.leave()
    return vip.conversation, served


async def _until(seen: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not seen():
        assert time.monotonic() < end, "it did not happen in time"
        await asyncio.sleep(0.02)


def _signed(data: Path, level: int) -> str:
    """Return what the site's server would sign of a customer of this level."""
    key = json.loads((data / "secrets.json").read_text(encoding="utf-8"))["identity"]
    claims = {"sub": "bo", "name": "Bo", "level": level, "exp": int(time.time()) + 300}
    head, body = (_coded(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims))
    return f"{head}.{body}.{_coded(hmac.digest(key.encode(), f'{head}.{body}'.encode(), hashlib.sha256))}"


def _coded(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
