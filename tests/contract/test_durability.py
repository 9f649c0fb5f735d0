"""What `done(None)` promises: closed, killed, opened again, the store still knows it."""

import asyncio
import contextlib
import signal
import sys
from pathlib import Path

from appliance.model import Audience
from appliance.ports import Marks
from appliance.stores.sqlite import SqliteStore
from tests.contract.backends import Backend
from tests.contract.samples import T0, Draft, agent, everything, stored

ROOT = Path(__file__).parents[2]


async def test_opened_again_everything_is_there(durable: Backend, tmp_path: Path) -> None:
    store = await durable.open(tmp_path)
    draft = Draft("c1", "ann")
    first = draft.unit(draft.entry(cid="m1"), draft.entry())
    await stored(store, first)
    checkpoint = draft.checkpoint()
    store.checkpoint("c1", checkpoint, draft.owed(due=5))
    second = draft.unit()
    await stored(store, second)
    await store.mark({"c1": [Marks("ann", 2, 1)]})
    await store.save_agent(agent(1), "hash")
    await store.put("b1", b"source", T0)
    epoch = await store.epoch()
    await store.close()

    again = await durable.open(tmp_path)
    loaded = await again.load("c1")
    assert loaded is not None
    assert (loaded.checkpoint, loaded.entries) == (checkpoint, second.entries)
    assert await everything(again, "c1") == [*first.entries, *second.entries]
    assert await again.owed() == [draft.owed(due=5)]
    assert await again.touched() == ["c1"]
    assert await again.marks("c1") == [Marks("ann", 2, 1)]
    assert await again.agent_by_login("login-1") == (agent(1), "hash")
    assert await again.get("b1") == b"source"
    assert await again.epoch() == epoch
    await stored(again, draft.unit())
    await again.close()


async def test_another_database_has_another_epoch(durable: Backend, tmp_path: Path) -> None:
    epochs = set()
    for name in ("one", "two"):
        store = await durable.open(tmp_path / name)
        epochs.add(await store.epoch())
        await store.close()
    assert len(epochs) == 2


async def test_kill_nine_loses_no_acknowledged_entry(tmp_path: Path) -> None:
    journal = tmp_path / "acknowledged"
    data = tmp_path / "data"
    for round_ in range(3):
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.contract.crash_writer",
            str(data / str(round_)),
            str(journal),
            cwd=ROOT,
        )
        try:
            await _grows(journal, 4_000, process)
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGKILL)
            await process.wait()
        acknowledged: dict[str, int] = {}
        # The last line may be cut off in the middle: the kill struck while it was written.
        for line in journal.read_text().split("\n")[:-1]:
            name, number = line.split()
            acknowledged[name] = int(number)
        assert acknowledged
        store = await SqliteStore.open(data / str(round_), now=lambda: T0)
        for conversation, seq in acknowledged.items():
            seqs = [entry.seq for entry in await everything(store, conversation)]
            assert seqs == list(range(1, len(seqs) + 1))
            assert len(seqs) % 2 == 0, "a unit is stored whole or not at all"
            assert len(seqs) >= seq
            loaded = await store.load(conversation)
            assert loaded is not None
            folded = loaded.checkpoint.heads.seq if loaded.checkpoint else 0
            assert folded + len(loaded.entries) == len(seqs)
            cids = await store.recent_cids(conversation, 10_000)
            assert len(cids) == len(seqs) // 2
        assert await store.read("c0", Audience.VISITOR, newest=True, limit=1)
        await store.close()
        journal.unlink()


async def _grows(journal: Path, size: int, process: asyncio.subprocess.Process) -> None:
    """Wait until `journal` has more than `size` bytes; fail if `process` ends before that."""

    def large() -> bool:
        return journal.exists() and journal.stat().st_size > size

    ended = asyncio.get_running_loop().time() + 60
    while not await asyncio.to_thread(large):
        assert process.returncode is None, "the writer ended by itself"
        assert asyncio.get_running_loop().time() < ended, "the writer does not get on"
        await asyncio.sleep(0.01)
