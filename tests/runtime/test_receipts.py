"""Receipts are maxima, gathered for a second."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from appliance.ports import Marks
from appliance.runtime.receipts import PACE_MS, Receipts
from appliance.runtime.supervised import Supervised


async def test_many_marks_become_one_line_of_maxima() -> None:
    stored: list[Mapping[str, Sequence[Marks]]] = []
    shown: list[tuple[str, Marks]] = []
    alarms: list[tuple[int, Callable[[], None]]] = []

    async def store(marks: Mapping[str, Sequence[Marks]]) -> None:
        stored.append(marks)

    async with Supervised() as tasks:
        receipts = Receipts(
            tasks,
            lambda ms, call: alarms.append((ms, call)),
            store,
            lambda conversation, marks: shown.append((conversation, marks)),
        )
        for seq in (3, 9, 5):
            receipts.mark("c1", "visitor", seq, 0)
        receipts.mark("c1", "visitor", 0, 4)
        receipts.mark("c1", "a1", 2, 2)
        receipts.mark("c2", "visitor", 1, 0)
        assert [ms for ms, _ in alarms] == [PACE_MS]
        alarms[0][1]()
        await asyncio.sleep(0)
    expected = (Marks("visitor", 9, 4), Marks("a1", 2, 2))
    assert stored == [{"c1": expected, "c2": (Marks("visitor", 1, 0),)}]
    assert shown == [*(("c1", marks) for marks in expected), ("c2", Marks("visitor", 1, 0))]


async def test_while_they_are_held_only_the_maxima_are_kept() -> None:
    shown: list[Marks] = []
    alarms: list[Callable[[], None]] = []
    held = True

    async def store(marks: Mapping[str, Sequence[Marks]]) -> None:
        pass

    async with Supervised() as tasks:
        receipts = Receipts(
            tasks,
            lambda ms, call: alarms.append(call),
            store,
            lambda conversation, marks: shown.append(marks),
            lambda: held,
        )
        for seq in (3, 9, 5):
            receipts.mark("c1", "visitor", seq, seq)
        assert not alarms
        receipts.release()
        await asyncio.sleep(0)
        assert not shown
        held = False
        receipts.release()
        await asyncio.sleep(0)
        assert shown == [Marks("visitor", 9, 9)]
        receipts.mark("c1", "visitor", 10, 10)
        held = True
        alarms[0]()
        await asyncio.sleep(0)
        assert len(shown) == 1
        held = False
        receipts.release()
    assert shown == [Marks("visitor", 9, 9), Marks("visitor", 10, 10)]
