"""`listen` of kefu.yaml: the public address, and that of the admin routes."""

from msgspec import Struct

from appliance.config.diagnostics import NOWHERE, Span


class AdminListen(Struct, frozen=True):
    """Where the admin routes listen, beside their Unix socket.  `port` None is the one after the public port."""

    host: str = "127.0.0.1"
    port: int | None = None
    on: bool = True

    def __str__(self) -> str:
        """Return it as it stands in kefu.yaml."""
        if not self.on:
            return "off"
        if self.port is None:
            return "port + 1"
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Listen(Struct, frozen=True):
    """Where the appliance listens.  Loopback by default: a proxy in front of it speaks TLS.

    `admin` is for the operator and his tools; it does not follow `host`.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    admin: AdminListen = AdminListen()
    at: Span = NOWHERE
