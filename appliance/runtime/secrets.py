"""The keys this appliance signs with, and the token of its admin listener: made at the first start.

No default key exists anywhere, so a stolen source tree opens nothing.  How the files are kept: keyfile.py.
"""

import secrets
from pathlib import Path

import msgspec
from msgspec import Struct

from appliance.errors import Text
from appliance.runtime.keyfile import damaged, kept

SECRETS_FILE = "secrets.json"
TOKEN_FILE = "admin.token"  # noqa: S105  # the name of the file
KEY_BYTES = 32
_SECRETS = Text("密钥文件", "secrets file")
_SIGN_IN = Text(
    "所有人需重新登录，网站签名密钥会更换",
    "everybody has to sign in again and the site's identity secret changes",
)
_TOKEN = Text("管理令牌文件", "admin token file")
_TELL = Text("Prometheus 等要改用新的令牌", "Prometheus and whoever else uses the token needs the new one")


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
    body = kept(path, _fresh, _SECRETS, _SIGN_IN)
    try:
        found = msgspec.json.decode(body, type=Secrets)
    except msgspec.MsgspecError as error:
        raise damaged(path, _SECRETS, _SIGN_IN) from error
    if min(len(found.session), len(found.visitor)) < KEY_BYTES or len(found.identity) < KEY_BYTES:
        raise damaged(path, _SECRETS, _SIGN_IN)
    return found


def load_token(directory: Path) -> str:
    """Return the token in `directory`/admin.token, made as the keys are; raises StartError for the same reasons."""
    path = directory / TOKEN_FILE
    body = kept(path, _fresh_token, _TOKEN, _TELL)
    token = body.strip()
    if len(token) < KEY_BYTES or not token.isascii() or b":" in token or len(token.split()) != 1:
        raise damaged(path, _TOKEN, _TELL)
    return token.decode()


def _fresh() -> bytes:
    made = Secrets(
        secrets.token_bytes(KEY_BYTES), secrets.token_bytes(KEY_BYTES), secrets.token_hex(KEY_BYTES)
    )
    return msgspec.json.encode(made) + b"\n"


def _fresh_token() -> bytes:
    return f"{secrets.token_urlsafe(KEY_BYTES)}\n".encode()
