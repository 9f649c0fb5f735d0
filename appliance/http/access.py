"""Who signs in, for how long, and when it ends: logins, sessions and one-time links of staff.

A browser holds 32 random bytes in a cookie; the store holds only their SHA-256, so a stolen database signs nobody in.
The cookie also carries a seal made with the session key: floods of invented cookies never reach the store.
"""

import asyncio
import base64
import hashlib
import hmac
import secrets
import unicodedata

import msgspec
from msgspec import Struct

from appliance.errors import Refused, Text
from appliance.http.passwords import Passwords, check_password
from appliance.http.throttle import BY_ADDRESS, BY_LOGIN, MOST_REMEMBERED, Throttle
from appliance.model import Agent, Millis
from appliance.ports import Accounts, Clock, Invitation, Login

IDLE: Millis = 12 * 3_600_000
"""A login nobody uses for so long has ended."""

LONGEST: Millis = 30 * 24 * 3_600_000
"""However busy, a login ends after so long."""

SLIDE: Millis = 300_000
"""The end of a login is moved on at most this often: a write for each request would be waste."""

INVITATION: Millis = 7 * 24 * 3_600_000
SECRET_BYTES = 32

WRONG = Refused("denied", Text("登录名或密码不对。", "The login or the password is wrong."))
SIGNED_OUT = Refused(
    "auth",
    Text("还没有登录，或登录已过期。", "Not signed in, or no longer."),
    Text("请重新登录。", "Please sign in."),
)
NO_INVITATION = Refused(
    "denied",
    Text("这个链接已用过或已过期。", "This link was used already, or has expired."),
    Text("请向负责人要一个新的。", "Ask the owner for a new one."),
)


class Seat(Struct, frozen=True):
    """A signed-in member of staff; `key` names his login in the store."""

    agent: Agent
    key: str


class Entered(Struct, frozen=True):
    """Somebody has just signed in.  `cookie` is the value his browser is to keep."""

    agent: Agent
    cookie: str


class Access:
    """Signs staff in and out.  Loop only."""

    def __init__(self, accounts: Accounts, clock: Clock, passwords: Passwords, session_key: bytes) -> None:
        self._accounts = accounts
        self._clock = clock
        self._passwords = passwords
        self._session_key = session_key
        self._by_login = Throttle(BY_LOGIN)
        self._by_address = Throttle(BY_ADDRESS)
        # Where each login was used with the right password, the latest last.
        self._known: dict[tuple[str, str], None] = {}
        # Moving the end of a login on and deleting it must not cross, or the deleted one would rise again.
        self._turn = asyncio.Lock()

    # Signing in and out

    async def sign_in(self, login: str, password: str, address: str) -> Entered:
        """Return the agent and his cookie.

        Raises Refused: "denied" (never telling whether the login exists), "rate" with retry_after, "unavailable".
        """
        found = await self._checked(normal_login(login), password, address)
        return await self.enter(found)

    async def confirm(self, agent: Agent, password: str, address: str) -> None:
        """Raise Refused, as sign_in does, unless this is the agent's password."""
        await self._checked(agent.login, password, address)

    async def _checked(self, login: str, password: str, address: str) -> Agent:
        now = self._clock.now()
        # Strangers who guess at a login must not lock its owner out: where he signed in before, he need not wait for them.
        others = 0 if (login, address) in self._known else self._by_login.wait(login, now)
        wait = max(others, self._by_address.wait(address, now))
        if wait:
            raise too_many(wait)
        # Counted before the slow comparison, so that guesses sent all at once are counted too.
        self._by_login.failed(login, now)
        self._by_address.failed(address, now)
        agent, stored = await self._accounts.agent_by_login(login) or (None, "")
        try:
            right, fresh = await self._passwords.verify(stored, password)
        except Refused:
            # Nobody looked at this password: it was no failure.
            self._by_login.forgive(login)
            self._by_address.forgive(address)
            raise
        if agent is None or not right or agent.disabled:
            raise WRONG
        self._by_login.succeeded(login)
        self._by_address.forgive(address)
        self._known.pop((login, address), None)
        self._known[login, address] = None
        if len(self._known) > MOST_REMEMBERED:
            del self._known[next(iter(self._known))]
        if fresh is not None:
            # Read anew: comparing took a while, and an old profile must not come back with the new hash.
            await self._accounts.save_agent(await self._accounts.agent(agent.id) or agent, fresh)
        return agent

    async def enter(self, agent: Agent) -> Entered:
        """Sign in somebody who has proven who he is."""
        now, secret = self._clock.now(), secrets.token_bytes(SECRET_BYTES)
        await self._accounts.save_login(Login(_key(secret), agent.id, now + IDLE, now))
        return Entered(agent, f"{_text(secret)}.{_text(self._seal(secret))}")

    async def who(self, cookie: str | None) -> Seat | None:
        """Return whose cookie this is, None when it is forged, expired, revoked or its agent disabled."""
        key = self._key_in(cookie)
        return None if key is None else await self.seat(key)

    async def seat(self, key: str) -> Seat | None:
        """Return the seat of a login while it lasts; asking keeps it from going idle."""
        now = self._clock.now()
        login = await self._accounts.login(key)
        if login is None or now >= min(login.expires_at, login.created_at + LONGEST):
            return None
        agent = await self._accounts.agent(login.agent)
        if agent is None or agent.disabled:
            return None
        if now + IDLE - login.expires_at >= SLIDE:
            await self._slide(key, now)
        return Seat(agent, key)

    async def _slide(self, key: str, now: Millis) -> None:
        async with self._turn:
            login = await self._accounts.login(key)
            if login is not None:
                until = min(now + IDLE, login.created_at + LONGEST)
                if until > login.expires_at:
                    await self._accounts.save_login(msgspec.structs.replace(login, expires_at=until))

    async def sign_out(self, seat: Seat) -> None:
        """End this login; its sockets close within seconds."""
        async with self._turn:
            await self._accounts.delete_logins(seat.agent.id, seat.key)

    async def revoke(self, agent_id: str) -> None:
        """End all logins of an agent."""
        async with self._turn:
            await self._accounts.delete_logins(agent_id)

    def _seal(self, secret: bytes) -> bytes:
        return hmac.digest(self._session_key, secret, "sha256")[:16]

    def _key_in(self, cookie: str | None) -> str | None:
        if not cookie or len(cookie) > 128:
            return None
        head, _, tail = cookie.partition(".")
        try:
            secret, seal = _bytes(head), _bytes(tail)
        except ValueError:
            return None
        if len(secret) != SECRET_BYTES or not hmac.compare_digest(seal, self._seal(secret)):
            return None
        return _key(secret)

    # One-time links and passwords

    async def invite(self, agent: Agent, lasts: Millis = INVITATION) -> str:
        """Return the secret of a new one-time link with which the agent sets his password."""
        secret = secrets.token_bytes(SECRET_BYTES)
        await self._accounts.save_invitation(Invitation(_key(secret), agent.id, self._clock.now() + lasts))
        return _text(secret)

    async def redeem(self, secret: str, password: str, name: str, address: str) -> Entered:
        """Set the password of whoever was invited with `secret`, and his name if given, and sign him in.

        A link works only while its agent has no password: of several links, the first one used ends the others.
        """
        now = self._clock.now()
        wait = self._by_address.wait(address, now)
        if wait:
            raise too_many(wait)
        check_password(password, "")
        self._by_address.failed(address, now)
        try:
            key = _key(_bytes(secret))
        except ValueError as error:
            raise NO_INVITATION from error
        hashed = await self._passwords.hash(password)
        async with self._turn:
            invitation = await self._accounts.take_invitation(key, now)
            agent = await self._accounts.agent(invitation.agent) if invitation else None
            if agent is None or agent.disabled or await self._has_password(agent):
                raise NO_INVITATION
            agent = msgspec.structs.replace(agent, name=name or agent.name)
            await self._accounts.save_agent(agent, hashed)
        self._by_address.forgive(address)
        return await self.enter(agent)

    async def set_password(self, agent: Agent, password: str) -> None:
        """Give the agent a password; whoever is signed in with the old one is signed out."""
        check_password(password, agent.login)
        await self._accounts.save_agent(agent, await self._passwords.hash(password))
        await self.revoke(agent.id)

    async def take_password(self, agent: Agent) -> None:
        """Leave the agent without a password, signed out: only a new link lets him in again."""
        await self._accounts.save_agent(agent, "")
        await self.revoke(agent.id)

    async def _has_password(self, agent: Agent) -> bool:
        found = await self._accounts.agent_by_login(agent.login)
        return found is not None and found[1] != ""


def normal_login(login: str) -> str:
    """Return the login as it is stored: what looks the same and differs in case or width is the same."""
    return unicodedata.normalize("NFKC", login[:256]).strip().casefold()[:64]


def too_many(wait: Millis) -> Refused:
    """Return the refusal of somebody who has to wait `wait` ms before his next try."""
    seconds = -(-wait // 1000)
    return Refused(
        "rate",
        Text(f"失败次数太多，请 {seconds} 秒后再试。", f"Too many failures; try again in {seconds} seconds."),
        retry_after=wait,
    )


def _key(secret: bytes) -> str:
    return hashlib.sha256(secret).hexdigest()


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    """Return what base64url text stands for; raises ValueError when it is none."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
