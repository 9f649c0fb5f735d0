"""The keys this appliance signs with: made at the first start, kept in one file that only its owner can read.

No default key exists anywhere, so a stolen source tree opens nothing.  A file that others can read is refused rather
than mended in silence: whoever could read it may have done so, and the operator has to know.
"""

import contextlib
import os
import secrets
import stat
from pathlib import Path

import msgspec
from msgspec import Struct

from appliance.errors import StartError, Text

SECRETS_FILE = "secrets.json"
KEY_BYTES = 32
_LONGEST_FILE = 64 * 1024


class Secrets(Struct, frozen=True):
    """The keys.  `session` seals login cookies, `visitor` signs visitor tokens, `identity` is the site's HMAC secret.

    `identity` is text, because it is copied into the code of the site; kefu.yaml may name another one.
    """

    session: bytes
    visitor: bytes
    identity: str

    def __repr__(self) -> str:
        """Keep keys out of logs and tracebacks."""
        return "Secrets(...)"


def load_secrets(directory: Path) -> Secrets:
    """Return the keys in `directory`/secrets.json, made (0600, the directory 0700) when there are none yet.

    Raises StartError when the file is readable by others, damaged, or cannot be read or written.
    """
    path = directory / SECRETS_FILE
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            return _read(path)
        _create(path)
        return _read(path)
    except OSError as error:
        raise _unusable(path, error.strerror or str(error)) from error


def _read(path: Path) -> Secrets:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    with open(descriptor, "rb") as file:
        mode = stat.S_IMODE(os.fstat(descriptor).st_mode)
        if mode & 0o077:
            raise _exposed(path, mode)
        body = file.read(_LONGEST_FILE)
    try:
        found = msgspec.json.decode(body, type=Secrets)
    except msgspec.MsgspecError as error:
        raise _damaged(path) from error
    if min(len(found.session), len(found.visitor)) < KEY_BYTES or len(found.identity) < KEY_BYTES:
        raise _damaged(path)
    return found


def _create(path: Path) -> None:
    """Write new keys.  The file appears whole or not at all, and never replaces one that came to be meanwhile."""
    fresh = Secrets(
        secrets.token_bytes(KEY_BYTES), secrets.token_bytes(KEY_BYTES), secrets.token_hex(KEY_BYTES)
    )
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with open(descriptor, "wb") as file:
            file.write(msgspec.json.encode(fresh) + b"\n")
            file.flush()
            os.fsync(descriptor)
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
    _sync(path.parent)


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _exposed(path: Path, mode: int) -> StartError:
    return StartError(
        Text(
            f"密钥文件 {path} 的权限是 {mode:04o}，其他用户也能访问。",
            f"The secrets file {path} has mode {mode:04o}: other users can get at it.",
        ),
        Text(
            f"若确定没有外泄，运行 chmod 600 {path}；否则删除它（所有人需重新登录，网站签名密钥会更换）。",
            f"If you are sure that nobody read it, run: chmod 600 {path}. Otherwise delete it: everybody has to sign in "
            "again and the site's identity secret changes.",
        ),
    )


def _damaged(path: Path) -> StartError:
    return StartError(
        Text(f"密钥文件 {path} 已损坏。", f"The secrets file {path} is damaged."),
        Text(
            "请从备份恢复它；或删除它，启动时会重新生成（所有人需重新登录）。",
            "Restore it from a backup, or delete it: the next start makes new keys and everybody has to sign in again.",
        ),
    )


def _unusable(path: Path, reason: str) -> StartError:
    return StartError(
        Text(f"密钥文件 {path} 无法使用：{reason}。", f"The secrets file {path} cannot be used: {reason}."),
        Text(
            "请检查数据目录的所有者与权限，或用 --data 指定另一个目录。",
            "Check the owner and permissions of the data directory, or name another one with --data.",
        ),
    )
