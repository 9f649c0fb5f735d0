"""Passwords of staff: argon2id, off the event loop, never more at once than the machine bears.

Parameters: t=3, m=32 MiB, p=1, above what OWASP asks for (t=2, m=19 MiB, p=1), about 70 ms here.  Hashes made with
other parameters still verify and are renewed at the next login.  Two at a time: a flood of logins must not take the memory,
nor the core that conversations run on.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import Argon2Error, InvalidHashError

from appliance.errors import Refused, Text

Result = TypeVar("Result")

SHORTEST = 8
LONGEST = 256
AT_ONCE = 2
MOST_WAITING = 16
BUSY_RETRY = 2_000

TOO_BUSY = Refused(
    "unavailable",
    Text("登录请求太多，请稍后重试。", "Too many people sign in at this moment; try again shortly."),
    retry_after=BUSY_RETRY,
)


def check_password(password: str, login: str) -> None:
    """Raise Refused when the password is no good."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise Refused(
            "invalid",
            Text(
                f"密码需要 {SHORTEST} 到 {LONGEST} 个字符。",
                f"A password has {SHORTEST} to {LONGEST} characters.",
            ),
        )
    if password.casefold() == login.casefold() or len(set(password)) < 3:
        raise Refused(
            "invalid",
            Text("这个密码太容易猜到。", "This password is too easy to guess."),
            Text(
                "请换一个，例如三四个不相干的词。",
                "Choose another, for example three or four unrelated words.",
            ),
        )


class Passwords:
    """Makes and verifies hashes in two threads of its own; `with` ends them."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher(
            time_cost=3, memory_cost=32 * 1024, parallelism=1, type=Type.ID
        )
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="kefu-password")
        self._waiting = 0
        # What an unknown login is compared with, so that it takes as long as a known one.
        self._nobody = self._hasher.hash("nobody has this password")

    def __enter__(self) -> "Passwords":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._threads.shutdown(wait=True, cancel_futures=True)

    async def hash(self, password: str) -> str:
        """Return a new hash.  Raises Refused ("unavailable") when too many are waiting."""
        return await self._in_thread(self._hasher.hash, password)

    async def verify(self, stored: str, password: str) -> tuple[bool, str | None]:
        """Return whether the password is right, and a new hash to store when the old parameters are out of date.

        An empty `stored` (no such login, or no password yet) costs as much time and is never right.
        """
        return await self._in_thread(self._verify, stored, password)

    def _verify(self, stored: str, password: str) -> tuple[bool, str | None]:
        try:
            self._hasher.verify(stored or self._nobody, password)
        except (Argon2Error, InvalidHashError):
            return False, None
        if not stored:
            return False, None
        return True, self._hasher.hash(password) if self._hasher.check_needs_rehash(stored) else None

    async def _in_thread(self, work: Callable[..., Result], *arguments: str) -> Result:
        if self._waiting >= MOST_WAITING:
            raise TOO_BUSY
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)
        finally:
            self._waiting -= 1
