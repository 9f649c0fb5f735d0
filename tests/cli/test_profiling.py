"""Profiling in a real appliance on uvloop: live by the real pprof, a capture when a tier rises, and an orderly end meanwhile."""

import json
import os
import signal
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from appliance.cli.admin import ask, fetch
from appliance.errors import StoreError
from appliance.telemetry.profiling.protobuf import decode
from tests.cli.shell import PATIENCE, process
from tests.telemetry.profiling.test_truth import pprof, shares
from tests.telemetry.profiling.unhurried import unhurried


def asked(data: Path, method: str, path: str, body: Any = None) -> dict[str, Any]:
    told = ask(data, method, path, body)
    assert told is not None
    return told


def status(url: str) -> int:
    """Return the status of an answer to somebody without a token."""
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer:  # noqa: S310 - our own http address
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code


def test_the_real_pprof_reads_a_running_appliance(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with process(data, "-c", unhurried(tmp_path)) as running:
        token, admin = (
            (data / "admin.token").read_text().strip(),
            asked(data, "GET", "/admin/status")["admin_url"],
        )
        known = admin.replace("http://", f"http://kefu:{token}@")
        asking = threading.Event()

        def work() -> None:
            while not asking.is_set():
                asked(data, "GET", "/admin/status")

        thread = threading.Thread(target=work)
        thread.start()
        try:
            top = pprof(tmp_path, "-top", f"{known}/debug/pprof/profile?seconds=2")
        finally:
            asking.set()
            thread.join()
        assert "Type: cpu" in top
        found = shares(top)
        assert any(name.startswith("appliance.cli.serving.status_of") for name in found), top
        assert "Type: tasks" in pprof(tmp_path, "-top", f"{known}/debug/pprof/goroutine")
        metrics = (fetch(data, "/metrics", 1) or b"").decode()
        assert 'kefu_profiler_captures_total{type="cpu"} 1.0' in metrics
        assert 'kefu_profiler_captures_total{type="heap"} 0.0' in metrics
        for path in ("/debug/pprof/", "/debug/pprof/profile?seconds=1", "/panel", "/admin/captures"):
            assert status(admin + path) == 403, path
            assert status(running.url + path) == 404, path


def test_a_capture_is_taken_when_a_tier_rises(tmp_path: Path) -> None:
    with process(tmp_path) as running:
        asked(tmp_path, "POST", "/admin/overload", {"tier": 2, "seconds": 60})
        deadline = time.monotonic() + PATIENCE
        found: list[dict[str, Any]] = []
        while not found and time.monotonic() < deadline:
            found = asked(tmp_path, "GET", "/admin/captures")["captures"]
            time.sleep(0.1)  # between two looks, not instead of looking
        [capture] = found
        assert (capture["cause"], capture["kind"]) == ("overload", "cpu")
        assert capture["tier"] in (1, 2)
        data = fetch(tmp_path, f"/admin/captures/{capture['id']}", 1)
        assert data is not None
        assert decode(data).total() > 0
        assert running.end().code == 0
    again = json.loads((tmp_path / "captures" / f"{capture['id']}.json").read_text())
    assert again == capture


def test_a_signal_during_a_capture_ends_it_in_order(tmp_path: Path) -> None:
    with process(tmp_path, "-c", unhurried(tmp_path)) as running:
        thread = threading.Thread(target=_capture, args=(tmp_path,))
        thread.start()
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if "CpuProfiler.run" in (fetch(tmp_path, "/debug/pprof/goroutine?debug=1", 1) or b"").decode():
                break
        os.kill(running.pid, signal.SIGTERM)
        said = running.ended()
        thread.join()
    assert said.code == 0
    assert "everything is saved" in said.err


def _capture(data: Path) -> None:
    # The appliance goes before it can answer.
    with pytest.raises(StoreError):
        fetch(data, "/debug/pprof/profile?seconds=30", 30)
