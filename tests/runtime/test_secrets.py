"""Keys are made once, readable by their owner only, and a file that others may have read is refused."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from appliance.errors import StartError
from appliance.runtime.secrets import KEY_BYTES, SECRETS_FILE, TOKEN_FILE, load_secrets, load_token


def test_the_first_start_makes_keys_that_later_starts_find(tmp_path: Path) -> None:
    data = tmp_path / "data"
    first = load_secrets(data)
    assert load_secrets(data) == first
    assert len({first.session, first.visitor, first.identity.encode()}) == 3
    assert len(first.session) == len(first.visitor) == KEY_BYTES
    assert load_secrets(tmp_path / "other").session != first.session


def test_nobody_else_can_read_them(tmp_path: Path) -> None:
    data = tmp_path / "deep" / "data"
    load_secrets(data)
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    assert stat.S_IMODE((data / SECRETS_FILE).stat().st_mode) == 0o600
    assert [path.name for path in data.iterdir()] == [SECRETS_FILE]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660, 0o666, 0o620])
def test_a_file_that_others_can_read_is_refused_with_the_command_that_mends_it(
    tmp_path: Path, mode: int
) -> None:
    first = load_secrets(tmp_path)
    path = tmp_path / SECRETS_FILE
    path.chmod(mode)
    with pytest.raises(StartError) as caught:
        load_secrets(tmp_path)
    assert f"chmod 600 {path}" in caught.value.say("zh")
    assert f"chmod 600 {path}" in caught.value.say("en")
    path.chmod(0o600)
    assert load_secrets(tmp_path) == first


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"\xff", b'{"session":"","visitor":"","identity":""}', b'{"session":"YQ==","visitor":1}'],
)
def test_a_damaged_file_is_not_replaced_in_silence(tmp_path: Path, body: bytes) -> None:
    load_secrets(tmp_path)
    (tmp_path / SECRETS_FILE).write_bytes(body)
    with pytest.raises(StartError, match="damaged"):
        load_secrets(tmp_path)
    assert (tmp_path / SECRETS_FILE).read_bytes() == body


def test_a_directory_that_is_a_file_gives_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(StartError, match="cannot be used"):
        load_secrets(tmp_path / "data")


def test_a_link_to_somewhere_else_is_not_followed(tmp_path: Path) -> None:
    load_secrets(tmp_path / "real")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / SECRETS_FILE).symlink_to(tmp_path / "real" / SECRETS_FILE)
    with pytest.raises(StartError, match="cannot be used"):
        load_secrets(tmp_path / "data")


def test_many_first_starts_at_once_agree_on_the_keys(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(load_secrets, [tmp_path] * 16))
    assert len({each.session for each in found}) == 1


def test_they_do_not_print_themselves(tmp_path: Path) -> None:
    found = load_secrets(tmp_path)
    assert found.identity not in f"{found} {found!r}"


def test_the_token_is_made_once_and_is_one_line_that_only_its_owner_reads(tmp_path: Path) -> None:
    data = tmp_path / "data"
    token = load_token(data)
    assert load_token(data) == token
    assert (data / TOKEN_FILE).read_text() == f"{token}\n"
    assert stat.S_IMODE((data / TOKEN_FILE).stat().st_mode) == 0o600
    assert len(token) >= KEY_BYTES
    assert load_token(tmp_path / "other") != token


def test_a_token_of_the_operators_own_is_taken_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / TOKEN_FILE
    path.touch(0o600)
    path.write_text("  " + "x" * 40 + "  \n")
    assert load_token(tmp_path) == "x" * 40


@pytest.mark.parametrize("body", ["", "short", "x" * 20 + " " + "y" * 20, "x" * 40 + ":", "é" * 40])
def test_a_token_that_is_none_is_refused(tmp_path: Path, body: str) -> None:
    path = tmp_path / TOKEN_FILE
    path.touch(0o600)
    path.write_text(body)
    with pytest.raises(StartError, match="damaged"):
        load_token(tmp_path)


def test_a_token_that_others_may_have_read_is_refused(tmp_path: Path) -> None:
    load_token(tmp_path)
    (tmp_path / TOKEN_FILE).chmod(0o644)
    with pytest.raises(StartError, match="chmod 600"):
        load_token(tmp_path)
