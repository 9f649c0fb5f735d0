"""How commands reach the data, with and without a running appliance."""

import os
import socket
import threading
from pathlib import Path

import pytest

from appliance.cli import admin
from appliance.cli.admin import ask, fetch, offline, shown_url
from appliance.cli.console import UsageError
from appliance.errors import Refused, StartError, StoreError
from appliance.http.admin import bind_admin
from appliance.stores.lock import acquire
from tests.cli.shell import SHIPPED, process


def test_nobody_answers_where_nothing_runs(tmp_path: Path) -> None:
    assert ask(tmp_path, "GET", "/admin/status") is None
    assert ask(tmp_path / "none", "GET", "/admin/status") is None
    bind_admin(tmp_path).close()
    assert ask(tmp_path, "GET", "/admin/status") is None


def test_the_running_appliance_answers_and_refuses_in_its_own_words(tmp_path: Path) -> None:
    with process(tmp_path) as running:
        status = ask(tmp_path, "GET", "/admin/status")
        assert status is not None
        assert (status["pid"], status["url"], status["draining"]) == (running.pid, running.url, False)
        with pytest.raises(Refused, match="no such agent"):
            ask(tmp_path, "PATCH", "/admin/agents/nobody", {})


def test_one_that_does_not_answer_is_not_taken_for_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admin, "ANSWER_SECONDS", 0.2)
    with bind_admin(tmp_path) as sock:
        sock.listen()
        with pytest.raises(StoreError, match="does not answer"):
            ask(tmp_path, "GET", "/admin/status")


def test_one_that_talks_nonsense_is_told(tmp_path: Path) -> None:
    with bind_admin(tmp_path) as sock:
        sock.setblocking(True)
        sock.listen()

        def nonsense() -> None:
            peer, _ = sock.accept()
            with peer:
                peer.recv(65_536)
                peer.sendall(b"SSH-2.0-OpenSSH\r\n")
                peer.shutdown(socket.SHUT_RDWR)

        thread = threading.Thread(target=nonsense)
        thread.start()
        with pytest.raises(StoreError, match="does not answer"):
            ask(tmp_path, "GET", "/admin/status")
        thread.join()


def test_without_data_nothing_is_made(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no data"):
        offline(tmp_path / "typo", SHIPPED, lambda desk: desk.agents())
    assert list(tmp_path.iterdir()) == []


def test_a_store_that_another_process_holds_is_left_alone(tmp_path: Path) -> None:
    with process(tmp_path) as running:
        running.end()
    with acquire(tmp_path), pytest.raises(StartError, match=str(os.getpid())):
        offline(tmp_path, SHIPPED, lambda desk: desk.agents())
    assert [agent["login"] for agent in offline(tmp_path, SHIPPED, lambda desk: desk.agents())["agents"]] == [
        "owner"
    ]


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("0.0.0.0", "http://127.0.0.1:80"),  # noqa: S104 - shown, not bound
        ("", "http://127.0.0.1:80"),
        ("::", "http://[::1]:80"),
        ("fd00::1", "http://[fd00::1]:80"),
        ("chat.example.com", "http://chat.example.com:80"),
    ],
)
def test_the_shown_address_can_be_opened(host: str, url: str) -> None:
    assert shown_url(host, 80) == url


def test_bytes_are_fetched_and_refusals_said(tmp_path: Path) -> None:
    assert fetch(tmp_path, "/debug/pprof/cmdline", 1) is None
    with process(tmp_path):
        assert b"run" in (fetch(tmp_path, "/debug/pprof/cmdline", 1) or b"")
        with pytest.raises(Refused, match="no number"):
            fetch(tmp_path, "/debug/pprof/profile?seconds=x", 1)
