"""Where the appliance listens, by kefu.yaml: who can reach it, and what that means for what is said there."""

from ipaddress import ip_address
from typing import NamedTuple

from appliance.config.spec import Listen


class Listener(NamedTuple):
    """An address and a port.  `port` None: any that is free."""

    host: str
    port: int | None

    @property
    def address(self) -> str:
        """The address as it is written everywhere."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port or '?'}"

    @property
    def loopback(self) -> bool:
        """Whether only this machine reaches it."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def public_listener(listen: Listen) -> Listener:
    """Return the listener for visitors and agents."""
    return Listener(listen.host, listen.port)
