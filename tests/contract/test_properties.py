"""Whatever is given to them, all backends answer alike, and what they keep comes back byte for byte."""

import asyncio
import contextlib
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from appliance import records
from appliance.model import Audience, Visitor
from appliance.ports import Store
from tests.contract.backends import BACKENDS
from tests.contract.samples import Draft, everything, stored

# Everything that JSON text may hold; msgspec can neither read nor write a lone surrogate outside of an escape.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
BODY = st.one_of(
    TEXT.map(lambda text: records.encode(records.Said("ai", text))),
    st.sampled_from(
        [
            b'{"big":123456789012345678901234567890,"neg":-0.0,"exp":1E400,"tiny":1e-7,"f":0.1}',
            rb'{"lone":"\ud800","nul":"\u0000 \\u0000","slash":"\/ \\","esc":"\u00e9\n\t\""}',
            '{"raw":"é\u2028\U0001f600\x7f","deep":[[[[[[[[{}]]]]]]]],"empty":"","null":null}'.encode(),
            b' { "spaced" : [ 1 , 2.50 , true ] } ',
            b"not JSON at all ' \" ; --",
        ]
    ),
)


@settings(max_examples=30)
@given(
    rows=st.lists(st.tuples(BODY, st.none() | TEXT, TEXT, st.sampled_from(Audience)), min_size=1, max_size=8),
    name=TEXT,
)
def test_entries_come_back_byte_for_byte(
    rows: list[tuple[bytes, str | None, str, Audience]], name: str
) -> None:
    async def scenario(store: Store) -> None:
        draft = Draft("c1" + name)
        draft.visitor = Visitor("v" + name, name)
        entries = tuple(
            replace(
                draft.entry("", audience), body=body, cid=None if cid is None else f"{n}{cid}", sender=sender
            )
            for n, (body, cid, sender, audience) in enumerate(rows)
        )
        await stored(store, draft.unit(*entries))
        assert await everything(store, draft.id) == list(entries)
        assert (await store.conversations())[0].visitor == draft.visitor
        for entry in entries:
            if entry.cid is not None:
                assert await store.find(entry.sender or "", entry.cid) == entry

    asyncio.run(_on_each(scenario))


ACTION = st.tuples(
    st.sampled_from(["write", "write", "write", "open", "close", "skip", "repeat", "checkpoint", "early"]),
    st.integers(0, 3),
    st.integers(0, 5),
)


@settings(max_examples=60)
@given(bursts=st.lists(st.lists(ACTION, min_size=1, max_size=8), min_size=1, max_size=5))
def test_all_backends_tell_the_same_story(bursts: list[list[tuple[str, int, int]]]) -> None:
    asyncio.run(_same_story(bursts))


async def _same_story(bursts: list[list[tuple[str, int, int]]]) -> None:
    async with contextlib.AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        stores = [await backend.open(folder) for backend in BACKENDS]
        for store in stores:
            stack.push_async_callback(store.close)
        # Conversation n belongs to visitor n % 3, so that two conversations compete for one visitor.
        drafts = [Draft(f"c{n}", f"v{n % 3}") for n in range(4)]
        for burst in bursts:
            answers: list[list[type]] = [[] for _ in stores]
            count = 0
            for action, number, cid in burst:
                draft = drafts[number]
                if action in ("checkpoint", "early"):
                    heads = (
                        draft.heads
                        if action == "checkpoint"
                        else replace(draft.heads, seq=draft.heads.seq // 2)
                    )
                    for store in stores:
                        store.checkpoint(
                            draft.id, draft.checkpoint(heads), draft.owed(due=cid, waiting=bool(cid % 2))
                        )
                    continue
                before = draft.heads
                unit = draft.unit(
                    draft.entry(cid=f"m{cid}" if cid else None, sender="s"), closes=action == "close"
                )
                if action == "open":
                    unit = replace(unit, opens=draft.visitor, bundle=f"b{cid}")
                elif action == "skip":
                    unit = replace(unit, entries=(replace(unit.entries[0], seq=before.seq + 2),))
                elif action == "repeat":
                    draft.heads = before
                count += 1
                for store, told in zip(stores, answers, strict=True):
                    store.commit(unit, lambda error, told=told: told.append(type(error)))  # type: ignore[misc]
            states = [await _state(store, drafts) for store in stores]
            assert all(state == states[0] for state in states)
            assert len(answers[0]) == count
            assert all(told == answers[0] for told in answers)
            for draft in drafts:
                # A mailbox whose unit failed loads its conversation again.
                seen = await everything(stores[0], draft.id)
                last = seen[-1].seq if seen else 0
                draft.heads = replace(draft.heads, seq=last, visitor=last, staff=last)


async def _state(store: Store, drafts: list[Draft]) -> list[object]:
    await store.set_last_agent("settled", "")
    await asyncio.sleep(0)
    return [
        [await everything(store, draft.id) for draft in drafts],
        [await store.load(draft.id) for draft in drafts],
        [await store.open_conversation(draft.visitor.id) for draft in drafts],
        [await store.recent_cids(draft.id, 2) for draft in drafts],
        [await store.find("s", f"m{n}") for n in range(1, 6)],
        await store.conversations(),
        await store.owed(),
        sorted(await store.touched()),
        await store.newest_time(),
        await store.in_use(),
    ]


async def _on_each(scenario: object) -> None:
    for backend in BACKENDS:
        with tempfile.TemporaryDirectory() as folder:
            store = await backend.open(Path(folder))
            try:
                await scenario(store)  # type: ignore[operator]
            finally:
                await store.close()
