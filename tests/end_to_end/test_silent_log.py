"""Whatever is said, typed, sent or broken: the log of a real appliance, at its most talkative, holds nothing of it."""

import base64
import hashlib
import hmac
import http.client
import json
import secrets
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.leaky import BREAK
from tests.end_to_end.test_bad_input import HELLO, Stranger
from tests.faults.crowd import until
from tests.shipped import kefu_yaml
from tools.loadtest.line import HandshakeRefused
from tools.loadtest.person import Person
from tools.loadtest.serving import Serving

MARK = "zqmark"
"""Stands in everything that must not be logged; nothing of ours has it."""


def marked(what: str) -> str:
    """Return a text that would be found again."""
    return f"{MARK}-{what}"


class Talkative(Serving):
    """Logs all it can, in one of its formats; stdout apart."""

    def __init__(self, folder: Path, form: str) -> None:
        super().__init__(folder, kefu_yaml("200ms"), ("-m", "tests.end_to_end.leaky"))
        self.form = form

    @property
    def arguments(self) -> list[str]:
        """The command line of `run`."""
        return [*super().arguments, "--log", "debug", "--log-format", self.form]


@pytest.fixture(params=["console", "json"])
def serving(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Talkative]:
    monkeypatch.setenv("LEAKY_STDOUT", str(tmp_path / "stdout"))
    with Talkative(tmp_path, request.param) as running:
        yield running


def signed(data: Path, name: str) -> str:
    """Return what a site would sign of a customer of this name."""
    key = json.loads((data / "secrets.json").read_text(encoding="utf-8"))["identity"]

    def coded(part: bytes) -> str:
        return base64.urlsafe_b64encode(part).rstrip(b"=").decode()

    claims = {"sub": "kim", "name": name, "level": 3, "exp": int(time.time()) + 300}
    head, body = (coded(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims))
    return f"{head}.{body}.{coded(hmac.digest(key.encode(), f'{head}.{body}'.encode(), hashlib.sha256))}"


async def converse(serving: Serving, cookie: str, identity: str) -> None:
    """Have a conversation in which everything that people can write is written."""
    agent = Person(serving.port, cookie)
    await agent.connect()
    await agent.welcomed.wait()
    agent.frame(t="presence", status="ready")
    visitor = Person(serving.port, identity=identity)
    visitor.page = {
        "url": f"http://x/?q={marked('query')}",
        "title": marked("title"),
        "referrer": marked("ref"),
    }
    await visitor.connect()
    await visitor.welcomed.wait()
    visitor.say(marked("message"))
    await until(lambda: visitor.conversation and agent.cards, "nobody serves")
    here = visitor.conversation
    assert here is not None
    visitor.frame(t="typing", conversation=here, on=True, text=marked("typed"))
    agent.say(marked("answer"), here)
    agent.frame(t="send", cid="n-1", conversation=here, text=marked("note"), note=True)
    agent.act(here, "tag", tags=[marked("tag")])
    agent.act(here, "transfer", to_queue=marked("queue"), note=marked("transfer"))
    visitor.act(here, "form", fields={"phone": marked("phone"), marked("field"): "1"}, seq=1)
    visitor.act(here, "rate", score=5, comment=marked("comment"))
    agent.frame(t="sync", conversation=marked("conversation"), after=0)
    await until(lambda: not visitor.outbox and not agent.outbox, "not all is answered")
    agent.act(here, "close")
    await until(lambda: not agent.outbox, "it is not closed")
    for one in (visitor, agent):
        one.leave()


async def break_in(serving: Serving) -> list[int]:
    """Send what is broken and what breaks; return the close codes."""
    mark, codes = marked("frame").encode(), []
    frames = (
        b'{"t":"%b"}' % mark,
        b'{"%b' % mark,
        b'{"t":"hello","v":1,"lang":"%b"}' % mark,
        b'{"t":"hello","v":1,"token":"%b","%b":1}' % (mark, mark),
        b'{"t":"send","cid":7,"conversation":"%b","text":"%b"}' % (mark, mark),
        b'{"t":"typing","conversation":"x","on":true,"text":"%b %b"}' % (mark, BREAK.encode()),
    )
    for frame in frames:
        stranger = await Stranger().come(serving.port)
        stranger.send(frame)
        codes.append(await stranger.end())
    for hello in (
        b'{"t":"hello","v":1,"identity":"%b:%b"}' % (mark, mark),
        b'{"t":"hello","v":1,"token":"%b"}' % mark,
    ):
        await (await Stranger().come(serving.port, hello)).go()
    headers = {"Origin": f"http://{marked('a')}/{marked('path')}", "X-Request-Id": f"{marked('id')} x"}
    with pytest.raises(HandshakeRefused):
        await Stranger().come(serving.port, HELLO, **headers)
    return codes


def ask_wrongly(serving: Serving, cookie: str) -> list[int]:
    """Send requests with marks wherever there is room for one; return the statuses."""
    name, found = cookie.partition("=")[0], []
    for method, path, body, headers in (
        ("GET", f"/{marked('path')}?{marked('q')}={marked('v')}", None, {}),
        ("GET", f"/api/conversations/{marked('id')}?token={marked('token')}", None, {"Cookie": cookie}),
        ("GET", "/api/me", None, {"Cookie": f"{name}={marked('cookie')}", "X-Forwarded-For": marked("for")}),
        ("GET", f"/assets/{marked('asset')}", None, {"X-Request-Id": f"{marked('id')}\tx"}),
        ("PROPFIND", f"/{marked('dav')}", None, {}),
        ("POST", "/api/login", {"login": marked("login"), "password": marked("password")}, {}),
        ("POST", "/api/login", {"login": marked(BREAK), "password": marked("password")}, {}),
        ("POST", "/api/login", {marked("key"): marked("value")}, {}),
        ("POST", "/api/invitation", {"secret": marked("secret"), "password": marked("password")}, {}),
        ("POST", "/poll/visitor", {"hello": {"t": marked("poll")}, marked("p"): 1}, {}),
        ("POST", "/poll/visitor", {"hello": {"t": "hello", "v": marked("v")}}, {}),
    ):
        found.append(serving.ask(method, path, body, headers)[0])
    new = {"login": "brave", "name": f"{marked('name')} {BREAK}", "capacity": 1, "role": "agent"}
    found.append(serving.admin("POST", "/admin/agents", new)[0])
    found.append(
        serving.admin("POST", "/admin/agents", {"login": marked("login"), "role": marked("role")})[0]
    )
    text = f"kefu: 1\nsite: {{identity_secret: {marked('yaml')}}}\n"
    found.append(serving.admin("POST", "/admin/config/apply", {"text": text, "file": "kefu.yaml"})[0])
    return found


def try_tokens(serving: Serving) -> list[int]:
    """Knock at the admin port with a wrong token and with the right one; return the statuses."""
    address = serving.admin("GET", "/admin/status")[1]["admin_url"].removeprefix("http://")
    right, found = (serving.data / "admin.token").read_text().strip(), []
    for token in (marked("token"), right):
        connection = http.client.HTTPConnection(address, timeout=10)
        connection.request("GET", f"/metrics?token={token}", headers={"Authorization": f"Bearer {token}"})
        found.append(connection.getresponse().status)
        connection.close()
    return found


async def test_nothing_that_anybody_wrote_and_no_secret_is_in_the_log(serving: Talkative) -> None:
    status, added, _ = serving.admin(
        "POST", "/admin/agents", {"login": "lin", "name": marked("lin"), "role": "owner"}
    )
    assert status == 201
    invitation = added["invite"].partition("#invite=")[2]
    password = marked(secrets.token_hex(8))
    status, _, headers = serving.ask("POST", "/api/invitation", {"secret": invitation, "password": password})
    assert status == 200
    cookie = headers["Set-Cookie"].partition(";")[0]
    assert serving.ask("POST", "/api/login", {"login": "lin", "password": password})[0] == 200
    identity = signed(serving.data, marked("visitor"))
    await converse(serving, cookie, identity)
    assert set(await break_in(serving)) == {4501, 1013}
    assert {500, 503, 404, 400} <= set(ask_wrongly(serving, cookie))
    assert try_tokens(serving) == [403, 200]
    token = Person(serving.port)
    await token.connect()
    await token.welcomed.wait()
    token.leave()
    assert serving.stop() == 0
    log = serving.log()
    keys = json.loads((serving.data / "secrets.json").read_text(encoding="utf-8"))
    kept = [value for value in keys.values() if isinstance(value, str)]
    assert len(kept) >= 2
    admin = (serving.data / "admin.token").read_text().strip()
    owner = (serving.data.parent / "stdout").read_text(encoding="utf-8").partition("#invite=")[2].split()[0]
    for secret in (invitation, cookie.partition("=")[2], identity, admin, owner, *kept):
        assert secret not in log
    told = [line for line in log.splitlines() if MARK in line.lower()]
    assert told == []
    # The errors did happen, and each left its trace.
    for word in (
        "ValueError",
        "KeyError",
        "ExceptionGroup",
        "The disk is full.",
        "nobody waited",
        "a thread failed",
    ):
        assert word in log, word
    assert "bad_frame" in log
    assert "leaky.py" in log
