"""The first phase of a reload: everything that can fail, while what is live goes on as it is."""

import asyncio
from collections.abc import Callable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from appliance.config.changes import Change, changes
from appliance.config.spec import Spec
from appliance.errors import Refused, Text
from appliance.ports import Store
from appliance.runtime.check import Checked, check_bytes
from appliance.runtime.live import Live, Prepared, prepare
from appliance.runtime.pinned import aliases_after, queues_of, still_needed
from appliance.runtime.place import Environment


class Plan(Struct, frozen=True):
    """What a configuration would change: the differences, the bundles, and how many open conversations there are.

    `affected` is how many of these go on by an older bundle than new conversations.
    """

    changes: tuple[Change, ...]
    bundle_before: str
    bundle_after: str
    open: int
    pinned: dict[str, int]
    affected: int


class Origin(Struct, frozen=True):
    """Where configurations come from: the file of the start, the place they must run at, where secrets are found."""

    file: str
    here: Callable[[], Environment]
    identity: Callable[[Spec], str]


class Preparation:
    """Checks, plans and prepares a configuration against what is live now."""

    def __init__(self, live: Live, store: Store, origin: Origin) -> None:
        self._live = live
        self._store = store
        self._origin = origin

    async def checked(self, text: str, file: str) -> Checked:
        """Return what the check makes of `text` here."""
        # On a thread: exploring the guarantees of a large flow takes longer than a socket should wait.
        return await asyncio.to_thread(
            check_bytes, text.encode("utf-8", "surrogatepass"), file, environment=self._origin.here()
        )

    async def planned(self, checked: Checked) -> Plan:
        """Return what a configuration that passed would change."""
        assert checked.spec is not None  # noqa: S101  # both callers have looked; this tells the type checker
        assert checked.graph is not None  # noqa: S101  # the same
        before, pinned = self._live.now, await self._store.pinned()
        count = sum(pinned.values())
        after = checked.graph.id
        others = count - pinned.get(after, 0)
        moved = before.graph.id != after
        return Plan(
            changes(before.spec, checked.spec), before.graph.id, after, count, pinned, others if moved else 0
        )

    async def refuse_lost_queues(self, checked: Checked, renamed: Mapping[str, str]) -> None:
        """A queue that open conversations are pinned to may not go without saying what takes its place."""
        spec = checked.spec
        if spec is None:
            return
        self._know_names(spec, renamed)
        pinned = await self._store.pinned()
        names: dict[str, tuple[str, ...]] = {}
        for bundle in pinned:
            source = await self._store.get(bundle)
            names[bundle] = () if source is None else queues_of(source)
        known = aliases_after(self._live.now.aliases, spec, renamed)
        checked.diagnostics.extend(still_needed(spec, names, pinned, known))

    def _know_names(self, spec: Spec, renamed: Mapping[str, str]) -> None:
        """A slip in a renaming would pass without a trace: what it names must be there, before or after."""
        before = {*(queue.name for queue in self._live.now.spec.queues), *self._live.now.aliases}
        after = [queue.name for queue in spec.queues]
        for old, new in renamed.items():
            unknown, known = (new, after) if new not in after else (old, [*before])
            if unknown not in known:
                raise Refused(
                    "invalid",
                    Text(
                        f"改名里的组“{unknown}”不存在。",
                        f"The renaming names a queue {unknown!r} that there is not.",
                    ),
                    Text(f"现有：{'、'.join(known)}。", f"There are: {', '.join(known)}."),
                )

    def way_back(self, spec: Spec) -> dict[str, str]:
        """Return, by what runs, where conversations go whose queue an older configuration does not have.

        By the name the queue had then, else to the last one, which takes whoever no other takes: going back must not fail
        because somebody came meanwhile.
        """
        live, here = self._live.now, [queue.name for queue in spec.queues]
        former = {new: old for old, new in live.aliases.items() if old in here}
        return {
            queue.name: former.get(queue.name, here[-1])
            for queue in live.spec.queues
            if queue.name not in here and here
        }

    def prepared(self, checked: Checked, renamed: Mapping[str, str]) -> Prepared:
        """Return everything that is made of it; raises ConfigError for a secret that cannot be had."""
        assert checked.spec is not None  # noqa: S101  # the caller has looked; this tells the type checker
        assert checked.graph is not None  # noqa: S101  # the same
        before = self._live.now
        # What needs a restart stays as it runs, so that nobody reads an address where nothing listens.
        spec = replace(checked.spec, listen=before.spec.listen, storage=before.spec.storage)
        aliases = aliases_after(before.aliases, spec, renamed)
        budget = before.grants.budget
        return prepare(spec, checked.graph, self._origin.identity(spec), aliases, budget)
