"""Far more conversations than memory may hold, so that nearly every message brings one back and sends another off."""

import asyncio
from pathlib import Path

from tests.faults.crowd import crowd
from tests.shipped import kefu_yaml
from tools.loadtest.oracle import judge, read_log
from tools.loadtest.serving import Serving

FEW = 10


async def test_nothing_is_lost_doubled_or_out_of_order(tmp_path: Path) -> None:
    text = kefu_yaml("200ms")
    assert "sessions: 20000" in text
    with Serving(tmp_path, text.replace("sessions: 20000", f"sessions: {FEW}")) as serving:
        cookies = [serving.hire(f"agent{number}") for number in range(3)]
        async with crowd(serving.port, 3 * FEW, cookies) as group:
            await group.all_served()
            await group.said(300)
            await asyncio.to_thread(serving.kill)
            await asyncio.to_thread(serving.start)
            await group.said(300)
            _, status, _ = await asyncio.to_thread(serving.admin, "GET", "/admin/status")
            await group.calm()
            code = await asyncio.to_thread(serving.stop)
        assert judge(read_log(serving.data), group.journals) == []
        assert code == 0, serving.log()
        assert "Traceback" not in serving.log()
        assert not any(journal.refused for journal in group.journals)
        sessions = next(pool for pool in status["pools"] if pool["pool"] == "sessions")
        # The proof is worth something only if they really had to leave and come back.
        assert sessions["left"] > 100, sessions
        assert sessions["misses"] > 100, sessions
        assert sessions["used"] + sessions["idle"] <= 2 * FEW, sessions
