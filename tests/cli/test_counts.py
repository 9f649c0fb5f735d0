"""What `kefu status` counts, on a running appliance with people in it."""

import asyncio
from pathlib import Path
from typing import Any

from tests.faults.crowd import until
from tests.shipped import kefu_yaml
from tools.loadtest.person import Person
from tools.loadtest.serving import Serving


async def test_people_and_conversations_are_counted(tmp_path: Path) -> None:
    with Serving(tmp_path, kefu_yaml("200ms")) as serving:

        async def counts() -> dict[str, Any]:
            _, told, _ = await asyncio.to_thread(serving.admin, "GET", "/admin/status")
            found: dict[str, Any] = told["counts"]
            return found

        cookie = await asyncio.to_thread(serving.hire, "lin", 1)
        visitors, agent = [Person(serving.port) for _ in range(3)], Person(serving.port, cookie)
        for person in (*visitors, agent):
            await person.connect()
            await person.welcomed.wait()
        assert (await counts())["connections"] == {"visitor": 3, "agent": 1}
        for person in visitors[:2]:
            person.say("hello")
        await until(lambda: all(person.conversation for person in visitors[:2]), "no conversation")
        found = await counts()
        for _ in range(100):
            found = await counts()
            if found["waiting"] == 2:
                break
            await asyncio.sleep(0.05)
        assert (found["waiting"], found["conversations"], found["ready"]) == (2, 2, 0)
        assert found["waiting_ms"] >= 0
        agent.frame(t="presence", status="ready")
        await until(lambda: agent.cards, "nobody is served")
        found = await counts()
        assert (found["waiting"], found["conversations"], found["ready"]) == (1, 2, 1)
        assert sum(found["agents"].values()) == 2
        for person in (*visitors, agent):
            person.leave()
