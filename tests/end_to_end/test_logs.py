"""A real appliance at --log debug, driven with marked words wherever people or programs may put some: none is in its log."""

import contextlib
import json
from pathlib import Path

import aiohttp
import pytest

from tests.cli.shell import process

MARK = "zqmarked"


@pytest.mark.parametrize("form", ["json", "console"])
async def test_no_content_and_no_secret_is_in_the_log(tmp_path: Path, form: str) -> None:
    with process(tmp_path, "--log", "debug", "--log-format", form) as running:
        invitation = running.told["owner_link"].split("=")[1]
        cookies = {"kefu": MARK, "other": MARK}
        headers = {"Origin": running.url, "Authorization": f"Bearer {MARK}"}
        frames = [
            json.dumps(
                {"t": "hello", "v": 1, "identity": f"{MARK}:00", "name": MARK, "page": f"http://x/?q={MARK}"}
            ),
            json.dumps({"t": "send", "cid": "c-1", "text": f"{MARK} text"}),
            json.dumps({"t": "typing", "on": True, "text": MARK}),
        ]
        bad = [
            json.dumps({"t": MARK}),
            f'{{"t":"send","text":{MARK}',
            json.dumps({"t": "hello", "v": 1, "token": MARK}),
        ]
        async with aiohttp.ClientSession(cookies=cookies, headers=headers) as session:
            for sent in (
                frames,
                [json.dumps({"t": "hello", "v": 1}), *frames[1:]],
                *([each] for each in bad),
            ):
                async with session.ws_connect(f"{running.url}/ws/visitor") as socket:
                    for frame in sent:
                        await socket.send_str(frame)
                    with contextlib.suppress(TimeoutError):
                        await socket.receive(timeout=0.5)
            for method, path in (
                ("POST", "/api/login"),
                ("POST", "/poll/visitor"),
                ("GET", f"/{MARK}?q={MARK}"),
            ):
                body = {"login": MARK, "password": MARK, "token": MARK}
                async with session.request(method, running.url + path, json=body) as answer:
                    assert len(answer.headers["X-Request-Id"]) == 16
        admin_token = (tmp_path / "admin.token").read_text(encoding="utf-8").strip()
        said = running.end()
    assert MARK not in said.err
    assert invitation not in said.err
    assert admin_token not in said.err
    # The drive was seen: else nothing would be proved.
    assert "connection closed" in said.err
    assert "/poll/visitor" in said.err
    if form == "json":
        lines = [json.loads(line) for line in said.err.splitlines() if line.startswith("{")]
        assert any(line["event"] == "request" and line["request"] for line in lines)
