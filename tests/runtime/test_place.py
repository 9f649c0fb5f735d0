"""The place: port, data directory, secrets, open files."""

import os
import socket
from pathlib import Path

import pytest
from msgspec.structs import replace

from appliance.config.listen import AdminListen, Listen
from appliance.config.spec import Secret, Site, Spec
from appliance.runtime.place import Environment, check_place, this_place

SPEC = Spec({}, listen=Listen(port=0))


@pytest.fixture
def here(tmp_path: Path) -> Environment:
    return Environment(tmp_path, {}, 100_000)


def codes(spec: Spec, here: Environment) -> list[tuple[str, str]]:
    return [(found.code, found.severity) for found in check_place(spec, here)]


def test_a_good_place(here: Environment) -> None:
    assert codes(SPEC, here) == []


def test_a_port_in_use_unless_it_is_our_own(here: Environment) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        spec = replace(SPEC, listen=Listen(port=port))
        (found,) = check_place(spec, here)
        assert found.code == "K601"
        assert str(port) in found.message.en
        assert codes(spec, replace(here, running=True)) == []
        assert codes(spec, replace(here, port=0)) == []


def test_the_port_of_the_admin_routes_counts_only_where_the_file_names_it(here: Environment) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        spec = replace(SPEC, listen=Listen(port=0, admin=AdminListen(port=port)))
        (found,) = check_place(spec, here)
        assert (found.code, found.path) == ("K601", "$.listen.admin")
        assert str(port) in found.message.zh
        assert codes(spec, replace(here, running=True)) == []
        off = Listen(port=0, admin=AdminListen(port=port, on=False))
        assert codes(replace(SPEC, listen=off), here) == []


def test_a_host_that_is_none(here: Environment) -> None:
    for host in ("256.0.0.1", "a" * 300):
        assert codes(SPEC, replace(here, host=host)) == [("K601", "error")]


def test_a_data_directory_that_is_a_file(here: Environment, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for data in (tmp_path / "file", tmp_path / "file" / "below"):
        assert codes(SPEC, replace(here, data=data)) == [("K602", "error")]


def test_a_data_directory_whose_name_is_no_text(here: Environment, tmp_path: Path) -> None:
    assert codes(SPEC, replace(here, data=tmp_path / "\udcff")) == [("K602", "error")]


def test_a_data_directory_on_a_file_system_that_takes_no_files(here: Environment) -> None:
    assert codes(SPEC, replace(here, data=Path("/proc"))) == [("K602", "error")]


def test_secrets(here: Environment, tmp_path: Path) -> None:
    def with_secret(kind: str, where: str) -> Spec:
        return replace(SPEC, site=Site(identity_secret=Secret(kind, where)))  # type: ignore[arg-type]

    assert codes(with_secret("env", "X"), here) == [("K603", "error")]
    assert codes(with_secret("env", "X"), replace(here, variables={"X": " "})) == [("K603", "error")]
    assert codes(with_secret("env", "X"), replace(here, variables={"X": "s3cret"})) == []
    path = tmp_path / "secret"
    assert codes(with_secret("file", str(path)), here) == [("K603", "error")]
    path.write_bytes(b"")
    assert codes(with_secret("file", str(path)), here) == [("K603", "error")]
    path.write_bytes(b"\xff\xfe")
    assert codes(with_secret("file", str(path)), here) == [("K603", "error")]
    path.write_text("s3cret")
    assert codes(with_secret("file", str(path)), here) == []


def test_too_few_open_files_is_a_warning_with_a_number(here: Environment) -> None:
    (found,) = check_place(
        replace(SPEC, limits=replace(SPEC.limits, connections=5_000)), replace(here, files=4_000)
    )
    assert (found.code, found.severity) == ("K604", "warning")
    assert "3900" in found.hint.en


def test_this_place_is_this_process(tmp_path: Path) -> None:
    place = this_place(tmp_path, port=1234)
    assert place.files > 0
    assert place.port == 1234
    assert place.variables == dict(os.environ)
