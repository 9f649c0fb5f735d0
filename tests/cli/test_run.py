"""`kefu run` as a process: what stands in the way is one sentence, and a signal ends it in order."""

import json
import logging
import resource
import shutil
import signal
import socket
import sqlite3
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from appliance.cli.logs import configure_log
from appliance.cli.run import fast_loop, open_many_files
from tests.cli.shell import SHIPPED, Said, kefu, kefu_process, process


def refused(data: Path, *arguments: str, config: str = SHIPPED) -> Said:
    """Return what a start says that must not come about."""
    said = kefu_process("run", "-c", config, "--data", str(data), *arguments)
    assert said.code in (1, 2), said
    assert "Traceback" not in said.err
    assert said.out == ""
    return said


def test_it_serves_and_says_where_everything_is(tmp_path: Path) -> None:
    with process(tmp_path) as running:
        assert running.told["ready"]
        assert running.told["demo"] == f"{running.url}/demo"
        assert running.told["owner_link"].startswith(f"{running.url}/console#invite=")
        assert running.get("/healthz") == (200, '{"status":"ok"}')
        assert running.get("/readyz") == (200, '{"status":"ok"}')
        said = running.end()
    assert said.code == 0
    assert "Stopped" in said.err
    assert {path.name for path in tmp_path.iterdir()} == {
        *("admin.token", "kefu.db", "kefu.lock", "secrets.json")
    }
    assert oct(tmp_path.joinpath("kefu.db").stat().st_mode & 0o777) == "0o600"


def test_the_owner_link_comes_again_until_there_is_a_password(tmp_path: Path) -> None:
    links = []
    for _ in range(2):
        with process(tmp_path) as running:
            links.append(running.told["owner_link"])
            running.end()
    assert links[0] != links[1]
    assert kefu("agent", "passwd", "owner", "--data", str(tmp_path), stdin="correct horse\n").code == 0
    with process(tmp_path) as running:
        assert running.told["owner_link"] is None


def test_ctrl_c_ends_it_in_order_too(tmp_path: Path) -> None:
    with process(tmp_path, "--lang", "zh") as running:
        said = running.end(signal.SIGINT)
    assert said.code == 0
    assert "已停止" in said.err


def test_no_secret_stands_in_the_log(tmp_path: Path) -> None:
    with process(tmp_path, "--log", "debug") as running:
        secret = running.told["owner_link"].split("=")[1]
        said = running.end()
    assert secret not in said.err


def test_a_wrong_configuration_starts_nothing(tmp_path: Path) -> None:
    config = tmp_path / "kefu.yaml"
    config.write_text("kefu: 1\nflows: {}\n", encoding="utf-8")
    said = refused(tmp_path / "data", config=str(config))
    assert "kefu.yaml:2" in said.err
    assert "not started" in said.err
    assert not (tmp_path / "data").exists()
    assert refused(tmp_path / "data", config=str(tmp_path / "none.yaml")).code == 2


def test_a_port_in_use(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        said = refused(tmp_path / "data", "--port", str(taken.getsockname()[1]))
    assert "--port" in said.err
    assert not (tmp_path / "data").exists()


def test_a_second_process_on_the_same_data(tmp_path: Path) -> None:
    with process(tmp_path) as first:
        for port in ("0", first.url.rsplit(":", 1)[1]):
            said = refused(tmp_path, "--port", port)
            assert str(first.pid) in said.err
            assert said.err.count("\n") == 1
        assert first.get("/healthz")[0] == 200
        assert first.end().code == 0


def test_a_directory_that_cannot_be_one(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    said = refused(tmp_path / "data", "--port", "0")
    assert "--data" in said.err


def test_a_damaged_and_a_newer_database(tmp_path: Path) -> None:
    with process(tmp_path / "good") as running:
        running.end()
    for name in ("damaged", "newer"):
        shutil.copytree(tmp_path / "good", tmp_path / name)
    database = tmp_path / "damaged" / "kefu.db"
    database.write_bytes(b"\xff" * 8_192)
    with sqlite3.connect(tmp_path / "newer" / "kefu.db") as db:
        db.execute("UPDATE migration SET number = 9999 WHERE number = (SELECT max(number) FROM migration)")
    db.close()
    for name in ("damaged", "newer"):
        before = (tmp_path / name / "kefu.db").read_bytes()
        said = refused(tmp_path / name, "--port", "0")
        assert said.err.splitlines()[-1].startswith("kefu: "), name
        assert (tmp_path / name / "kefu.db").read_bytes() == before, name


def test_secrets_that_others_can_read(tmp_path: Path) -> None:
    with process(tmp_path) as running:
        running.end()
    (tmp_path / "secrets.json").chmod(0o644)
    assert "chmod 600" in refused(tmp_path, "--port", "0").err


def test_after_kill_9_it_starts_again(tmp_path: Path) -> None:
    with process(tmp_path) as running:
        running.end(signal.SIGKILL)
    assert (tmp_path / "admin.sock").exists()
    with process(tmp_path) as running:
        assert running.get("/readyz")[0] == 200
        assert running.end().code == 0


def test_the_log_is_for_people_and_quiet_about_libraries() -> None:
    root, kefu_log = logging.getLogger(), logging.getLogger("kefu")
    before = root.handlers[:], root.level, kefu_log.level
    try:
        configure_log("debug")
        assert (root.level, kefu_log.level) == (logging.WARNING, logging.DEBUG)
        assert len(root.handlers) == 1
    finally:
        root.handlers[:] = before[0]
        root.setLevel(before[1])
        kefu_log.setLevel(before[2])


def test_uvloop_is_taken_where_it_is_installed() -> None:
    make = fast_loop()
    assert make is not None
    loop = make()
    assert type(loop).__module__.startswith("uvloop")
    loop.close()


def test_the_appliance_may_open_as_many_files_as_the_machine_allows() -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, before[1]))
        open_many_files()
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (before[1], before[1])
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_a_data_directory_without_a_name_is_wrong_usage() -> None:
    said = kefu("run", "--data", "")
    assert (said.code, said.out) == (2, "")
    assert "--data names nothing" in said.err


def test_the_admin_routes_are_on_a_port_of_their_own_for_who_knows_the_token(tmp_path: Path) -> None:
    with process(tmp_path) as running:
        address = kefu("--json", "status", "--data", str(tmp_path)).json["admin_url"]
        assert address != running.url
        assert address in kefu("status", "--data", str(tmp_path)).out
        for headers, code in (({}, 403), ({"Accept": "text/html"}, 401)):
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(urllib.request.Request(f"{address}/admin/status", headers=headers))  # noqa: S310
            assert refused.value.code == code
            refused.value.close()
        token = (tmp_path / "admin.token").read_text().strip()
        asked = urllib.request.Request(  # noqa: S310  # our own address
            f"{address}/admin/status", headers={"Authorization": f"Bearer {token}"}
        )
        with urllib.request.urlopen(asked) as got:  # noqa: S310
            assert json.load(got)["pid"] == running.pid
        said = running.end()
    assert token not in said.out + said.err
