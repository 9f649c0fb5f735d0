"""A whole appliance without sockets whose configuration can be changed, with everything it says taken down."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from appliance.config.spec import Spec
from appliance.delivery.cards import Banner
from appliance.errors import ConfigError, Text
from appliance.runtime.compose import Appliance
from appliance.runtime.place import this_place
from appliance.runtime.preparing import Origin
from appliance.runtime.reload import Applied, Reloads
from tests.runtime.people import appliance_on, shortened

FIRST = shortened("100ms")


def greeting(word: str, text: str = FIRST) -> str:
    """The file with another greeting."""
    return text.replace("欢迎语: 您好", f"欢迎语: {word},您好")


def flow(seconds: int, text: str = FIRST) -> str:
    """The file with another flow: so long until the silent are served."""
    changed = text.replace("{100ms: {to: 分配客服", f"{{{seconds}s: {{to: 分配客服")
    assert changed != text
    return changed


class Room:
    """`swapped` and `banners` are what the edges were told; `trouble`, when set, keeps the secret from being found."""

    def __init__(self, appliance: Appliance, file: Path) -> None:
        self.appliance = appliance
        self.file = file
        self.swapped: list[Spec] = []
        self.banners: list[Banner | None] = []
        self.trouble = False
        self.reloads = Reloads(
            appliance.live,
            appliance.store,
            appliance.conversations,
            appliance.desk,
            appliance.clock,
            appliance.tasks,
            Origin(str(file), lambda: this_place(file.parent, running=True), self.identity),
            self.swapped.append,
            self.banners.append,
        )

    def identity(self, spec: Spec) -> str:
        if self.trouble:
            raise ConfigError(Text("没有密钥", "no secret"), Text("设好它", "set it"))
        return "secret"

    async def apply(self, text: str, confirm: int | None = None, **renamed: str) -> Applied:
        return await self.reloads.apply(text, "kefu.yaml", "tester", renamed, confirm)

    async def outcomes(self) -> list[str]:
        return [entry.outcome for entry in await self.reloads.history()]


@asynccontextmanager
async def room(directory: Path, text: str = FIRST) -> AsyncIterator[Room]:
    """Run `text` on the data in `directory`; the file stands beside the data."""
    file = directory / "kefu.yaml"
    file.write_text(text)
    async with appliance_on(directory / "data", text) as appliance:
        made = Room(appliance, file)
        await made.reloads.started(text, str(file), "start", {})
        try:
            yield made
        finally:
            made.reloads.stop()
