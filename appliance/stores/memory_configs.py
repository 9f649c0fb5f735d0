"""Configurations in plain dictionaries."""

import hashlib

from msgspec.structs import replace

from appliance.history import MOST_CONFIGS, Config, Outcome
from appliance.model import Millis


class MemoryConfigs:
    """The Configs port (contract: ports.py) until the process ends."""

    def __init__(self) -> None:
        super().__init__()
        self._configs: dict[int, Config] = {}
        self._last_config = 0

    async def go_live(self, config: Config, former: Outcome = "past") -> Config:
        """Make `config` the one that is live; return it with its id."""
        for known in list(self._configs.values()):
            if known.outcome == "live":
                self._configs[known.id] = replace(known, outcome=former, confirm_by=None)
        self._last_config += 1
        digest = hashlib.sha256(config.text.encode()).hexdigest()
        live = replace(config, id=self._last_config, outcome="live", sha256=digest)
        self._configs[live.id] = live
        self._forget()
        return live

    def _forget(self) -> None:
        past = max((known.id for known in self._configs.values() if known.outcome == "past"), default=0)
        newest = sorted(self._configs, reverse=True)[:MOST_CONFIGS]
        self._configs = {
            number: known for number, known in self._configs.items() if number in newest or number == past
        }

    async def confirm(self, config: int, until: Millis | None = None) -> None:
        """The live configuration need not be confirmed any more, or only `until` then."""
        if config in self._configs:
            self._configs[config] = replace(self._configs[config], confirm_by=until)

    async def configs(self) -> list[Config]:
        """Return what is kept, newest first, without the texts."""
        return [replace(self._configs[number], text="") for number in sorted(self._configs, reverse=True)]

    async def config(self, config: int) -> Config | None:
        """Return one configuration, text included."""
        return self._configs.get(config)
