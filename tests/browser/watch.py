"""Watches a page for everything that should not happen on it while a person uses it.

Whoever opens a page here gets a watch with it, and the fixture asks all of them at the end: a console error fails the
test that caused it, wherever the test itself was looking.
"""

from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page, Request, Response, WebSocket

# Chromium's own words for a socket that a killed server left behind; only tests that kill one allow them.
OUTAGE = (
    "ERR_CONNECTION_REFUSED",
    "ERR_CONNECTION_RESET",
    "ERR_EMPTY_RESPONSE",
    "ERR_SOCKET_NOT_CONNECTED",
    "WebSocket connection to",
)


class Watch:
    """What went wrong on one page, as sentences.  `hosts` are those ("127.0.0.1:8000") that it may speak to."""

    def __init__(self, page: Page, hosts: set[str]) -> None:
        self.wrongs: list[str] = []
        self.allowed: tuple[str, ...] = ()
        self._hosts = hosts
        page.on("console", self._console)
        page.on("pageerror", lambda error: self._note(f"exception: {error.stack or error.message}"))
        page.on("request", self._request)
        page.on("response", self._response)
        page.on("requestfailed", self._failed)
        page.on("websocket", self._websocket)

    @property
    def found(self) -> list[str]:
        """What nobody has allowed."""
        return [wrong for wrong in self.wrongs if not any(fine in wrong for fine in self.allowed)]

    def _note(self, wrong: str) -> None:
        self.wrongs.append(wrong)

    def _console(self, message: ConsoleMessage) -> None:
        # A breach of the content policy arrives here as an error, too.
        if message.type in {"error", "warning"}:
            self._note(f"console {message.type}: {message.text}")

    def _request(self, request: Request) -> None:
        self._visit(request.url)

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            self._note(f"{response.status} from {response.url}")

    def _failed(self, request: Request) -> None:
        # A page that is left breaks off what it was loading; that is no failure.
        if request.failure != "net::ERR_ABORTED":
            self._note(f"{request.failure}: {request.url}")

    def _websocket(self, socket: WebSocket) -> None:
        self._visit(socket.url)

    def _visit(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"data", "blob", "about"} and parts.netloc not in self._hosts:
            self._note(f"a request to another host: {url}")
