"""Where the appliance listens, by kefu.yaml: who can reach it, and how the address is written everywhere."""

from ipaddress import ip_address

from msgspec import Struct

from appliance.config.listen import Listen
from appliance.errors import Language, Text


class Listener(Struct, frozen=True):
    """An address and a port.  `port` None: the one after the public port, or any free one should that be taken."""

    host: str
    port: int | None

    @property
    def loopback(self) -> bool:
        """Whether only this machine reaches it."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    def address(self, language: Language) -> str:
        """Return it as a reader finds it; of a port that follows another only the rule, so each port stands once."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        if self.port is None:
            return Text(f"{host}，公开端口 + 1", f"{host}, public port + 1").say(language)
        return f"{host}:{self.port}"


def public_listener(listen: Listen) -> Listener:
    """Return the listener for visitors and agents."""
    return Listener(listen.host, listen.port)


def admin_listener(listen: Listen) -> Listener | None:
    """Return the TCP listener of the admin routes, None when the file switches it off."""
    return Listener(listen.admin.host, listen.admin.port) if listen.admin.on else None
