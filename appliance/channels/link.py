"""A session with a gateway beside it: what all channels have in common.

It carries the session's commands to the gateway and the gateway's calls to the session.  A channel adds how bytes leave
(`wake`, `beat`) and how the connection ends (`shut`).
"""

import logging
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence

from appliance.channels.gateway import Gateway, Upgrade
from appliance.delivery import codes
from appliance.delivery.commands import Admit, Beat, Close, Command, Marked, Peer, ReadFrom, Submit
from appliance.delivery.events import Event
from appliance.delivery.frames import Answer, Hello, Presenting, ServerFrame, Typed, Watch
from appliance.delivery.packed import Packed
from appliance.delivery.session import Session
from appliance.errors import ProtocolError, Refused, StoreError
from appliance.model import Millis
from appliance.ports import Clock

RETRY_AFTER: Millis = 1_000
RETRY_AFTER_FAULT: Millis = 5_000

logger = logging.getLogger("kefu.channels")


class SessionLink(ABC):
    """Implements channels.gateway.Link over one Session."""

    __slots__ = ("_admitted", "_clock", "_gateway", "session", "upgrade")

    def __init__(self, session: Session, gateway: Gateway, clock: Clock, upgrade: Upgrade) -> None:
        self.session = session
        self._gateway = gateway
        self._clock = clock
        self.upgrade = upgrade
        self._admitted = False

    # ---- what a channel adds

    @abstractmethod
    def wake(self) -> None:
        """Something stands in the outbox, or a page is wanted."""

    def wake_within(self, delay: Millis) -> None:
        """The same, and there is so much time for it.  A channel that answers in batches anyhow need not wait for more."""
        self.wake()

    @abstractmethod
    def beat(self, data: bytes) -> None:
        """Write `data` past the outbox."""

    @abstractmethod
    def shut(self, close: Close) -> None:
        """End the connection; the session is over already."""

    @property
    def login(self) -> str:
        """Return the login of staff that opened this, "" for visitors."""
        return self.upgrade.login

    # ---- Link

    @property
    def peer(self) -> Peer | None:
        """See channels.gateway.Link."""
        return self.session.peer

    def publish(self, events: Sequence[Event], within: Millis = 0) -> None:
        """See channels.gateway.Link."""
        session = self.session
        now = self._clock.now()
        news = False
        for event in events:
            if session.publish(event, now):
                news = True
        if news:
            if within:
                self.wake_within(within)
            else:
                self.wake()

    def join(self, frame: Packed) -> None:
        """See channels.gateway.Link."""
        self.session.join(frame)
        self.wake()

    def part(self, conversation: str) -> None:
        """See channels.gateway.Link."""
        self.session.part(conversation)
        self.wake()

    def answer(self, frame: Answer) -> None:
        """See channels.gateway.Link."""
        self.session.answer(frame)
        self.wake()

    def tell(self, frame: ServerFrame | Packed) -> None:
        """See channels.gateway.Link."""
        self.session.tell(frame)
        self.wake()

    def close(self, code: int, retry_after: Millis | None = None) -> None:
        """See channels.gateway.Link."""
        self.perform(self.session.close(code, retry_after))

    # ---- commands

    def perform(self, commands: Iterable[Command]) -> Hello | None:
        """Do what the session asks for; return the hello of a peer who is to be admitted."""
        for command in commands:
            match command:
                case Submit():
                    try:
                        self._gateway.submit(self, command)
                    except Refused as refused:
                        self.session.refuse(command.frame.cid, refused)
                case Marked():
                    self._gateway.mark(self, command)
                case Beat():
                    self.beat(command.data)
                case Typed():
                    self._gateway.typing(self, command)
                case Presenting():
                    self._gateway.present(self, command)
                case Watch():
                    try:
                        self._gateway.watch(self, command)
                    except Refused as refused:
                        self.session.notice(refused.code)
                case Close():
                    self._log(command)
                    self.shut(command)
                case Admit():
                    return command.hello
                case ReadFrom():
                    raise AssertionError("pages are fetched by Session.more")
        return None

    async def admit(self, hello: Hello) -> None:
        """Let the gateway find out who says hello, and begin, or close."""
        try:
            admission = await self._gateway.admit(hello, self.upgrade, self)
        except ProtocolError as error:
            retry_after = error.retry_after
            if retry_after is None and error.code == codes.OVERLOAD:
                retry_after = RETRY_AFTER
            self.close(error.code, retry_after)
        except StoreError as error:
            # No traceback: on a full disk everybody who comes would leave one, in a log on that disk.
            logger.warning(
                "a peer could not be admitted", extra={"remote": self.upgrade.remote, "error": error}
            )
            self.close(codes.OVERLOAD, RETRY_AFTER)
        else:
            self._admitted = True
            self.perform(
                self.session.admitted(admission.peer, admission.welcome, admission.rate, self._clock.now())
            )
            if logger.isEnabledFor(logging.DEBUG):
                logger.debug("connection opened", extra=self._who())
            self.wake()

    async def read(self, wanted: ReadFrom) -> None:
        """Fetch a page for the session."""
        try:
            history = await self._gateway.read(self, wanted)
        except Refused as refused:
            self.session.page_refused(wanted, refused)
        except StoreError as error:
            logger.warning(
                "a page could not be read", extra={"conversation": wanted.conversation, "error": error}
            )
            self.close(codes.OVERLOAD, RETRY_AFTER)
        except Exception:
            # One peer's page must not take the channel down with it.
            logger.exception("a page could not be made", extra={"conversation": wanted.conversation})
            self.close(codes.OVERLOAD, RETRY_AFTER_FAULT)
        else:
            self.perform(
                self.session.page(wanted, history.entries, history.head, history.recalled, self._clock.now())
            )
        self.wake()

    def leave(self, linger: Millis) -> None:
        """Tell the gateway, once, that the link has ended."""
        if self._admitted:
            self._admitted = False
            self._gateway.leave(self, linger)

    def _who(self) -> dict[str, str | None]:
        return {
            "role": self.upgrade.role,
            "peer": self.peer.id if self.peer else None,
            "remote": self.upgrade.remote,
        }

    def _log(self, close: Close) -> None:
        row = codes.CLOSE_CODES.get(close.code)
        # What comes back by itself is the weather; what stays away somebody should know of.
        level = logging.INFO if row is not None and row.comes_back else logging.WARNING
        logger.log(
            level,
            "connection closed",
            extra={"code": close.code, "reason": close.reason, **self._who()},
        )
