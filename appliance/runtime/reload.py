"""Another configuration goes live while conversations go on: everything that can fail first, then one pointer is swapped.

Conversations that are open keep the flow they began with until they end or are migrated.  What was live stays live when
anything fails, and everybody is told.  An unconfirmed configuration goes back by itself, also over a restart, because the
store says until when it had to be confirmed.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from appliance.config.changes import Change, changes, summary
from appliance.config.diagnostics import Diagnostics
from appliance.config.spec import Spec
from appliance.errors import ConfigError, KefuError, Refused, StoreError, Text
from appliance.model import Millis
from appliance.ports import Clock, Config, Outcome, Store
from appliance.runtime.check import Checked, check_bytes
from appliance.runtime.conversations import Conversations
from appliance.runtime.desk import DeskRuntime
from appliance.runtime.live import Live, Prepared, prepare
from appliance.runtime.pinned import aliases_after, still_needed
from appliance.runtime.place import Environment

_log = logging.getLogger("kefu.reload")

NOTHING_WAITS = Refused(
    "conflict",
    Text("没有等待确认的配置。", "No configuration waits to be confirmed."),
    Text("见 kefu history。", "See kefu history."),
)
NO_SUCH = Refused(
    "not_found",
    Text("没有可以退回的配置。", "There is no such configuration to go back to."),
    Text("见 kefu history。", "See kefu history."),
)


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


class Applied(Struct, frozen=True):
    """What came of it.  `live` is None when the configuration was refused; nothing has changed then."""

    diagnostics: Diagnostics
    plan: Plan | None = None
    live: Config | None = None


class Origin(Struct, frozen=True):
    """Where configurations come from: the file of the start, the place they must run at, where secrets are found."""

    file: str
    here: Callable[[], Environment]
    identity: Callable[[Spec], str]


class Reloads:
    """The one who changes what is live.  Loop only; one change at a time."""

    def __init__(
        self,
        live: Live,
        store: Store,
        conversations: Conversations,
        desk: DeskRuntime,
        clock: Clock,
        tasks: asyncio.TaskGroup,
        origin: Origin,
        resize: Callable[[int], None],
        changed: Callable[[], None],
    ) -> None:
        self.counts: Counter[str] = Counter()
        """Results since the start: applied, refused, reverted."""
        self.problem: tuple[Millis, Diagnostics] | None = None
        """Why the last attempt failed, and when; None after one that did not."""
        self.pending: Config | None = None
        """The live configuration while it waits to be confirmed."""
        self.notice: Mapping[str, str] | None = None
        """What the start has to say while something else than the file runs, in both languages."""
        self._live = live
        self._store = store
        self._conversations = conversations
        self._desk = desk
        self._clock = clock
        self._tasks = tasks
        self._origin = origin
        self._resize = resize
        self._changed = changed
        self._base: int | None = None
        self._alarm: asyncio.TimerHandle | None = None
        self._turn = asyncio.Lock()

    async def started(self, text: str, file: str, by: str, aliases: Mapping[str, str]) -> Config:
        """Take down what the start runs.  An unconfirmed configuration of the last run has gone back by that."""
        entries = await self._store.configs()
        last = next((entry for entry in entries if entry.outcome == "live"), None)
        config = self._entry(text, file, by, self._live.now, {}, aliases)
        if last is not None and last.confirm_by is None:
            known = await self._store.config(last.id)
            if known is not None and known.text == text:
                return last
        return await self._store.go_live(config, "reverted" if last and last.confirm_by else "past")

    async def plan(self, text: str, file: str, renamed: Mapping[str, str]) -> Applied:
        """Check `text` and say what it would change.  Changes nothing."""
        checked = await self._checked(text, file)
        if checked.spec is None or checked.graph is None:
            return Applied(checked.diagnostics)
        await self._refuse_lost_queues(checked, renamed)
        plan = await self._planned(checked)
        return Applied(checked.diagnostics, None if checked.diagnostics.failed else plan)

    async def apply(
        self,
        text: str,
        file: str,
        by: str,
        renamed: Mapping[str, str],
        confirm: Millis | None = None,
        former: Outcome = "past",
    ) -> Applied:
        """Check `text` and make it live; with `confirm` for so many ms unless somebody confirms it.

        Raises ConfigError for a secret that cannot be had, StoreError when the store does not take it: what was live stays.
        """
        async with self._turn:
            try:
                return await self._apply(text, file, by, renamed, confirm, former)
            except KefuError:
                self.counts["refused"] += 1
                raise

    async def reload(self, by: str) -> Applied:
        """Apply the file of the start as it is now."""
        try:
            data = await asyncio.to_thread(Path(self._origin.file).read_bytes)
        except OSError as error:
            self.counts["refused"] += 1
            reason = error.strerror or str(error)
            raise ConfigError(
                Text(
                    f"读不了 {self._origin.file}:{reason}。", f"{self._origin.file} cannot be read: {reason}."
                ),
                Text("正在运行的配置没有变。", "What runs was not changed."),
            ) from error
        return await self.apply(data.decode(errors="replace"), self._origin.file, by, {})

    async def confirm(self) -> Config:
        """Keep what is live; raises Refused when it does not wait for that."""
        async with self._turn:
            if self.pending is None:
                raise NOTHING_WAITS
            await self._store.confirm(self.pending.id)
            kept = replace(self.pending, confirm_by=None)
            self._settle()
            return kept

    async def rollback(self, by: str, to: int | None = None) -> Applied:
        """Make an earlier configuration live again, the last good one unless `to` names another.

        Raises Refused when there is none.
        """
        wanted = to if to is not None else await self._last_good()
        config = await self._store.config(wanted) if wanted is not None else None
        if config is None:
            raise NO_SUCH
        return await self.apply(config.text, config.file, by, {}, former="rolled_back")

    async def history(self) -> list[Config]:
        """Return what was live, newest first, without the texts."""
        return await self._store.configs()

    async def state(self) -> dict[str, Any]:
        """Return what runs, what waits, what failed last, and how many conversations are pinned to which bundle."""
        live = next((entry for entry in await self._store.configs() if entry.outcome == "live"), None)
        return {
            "live": live and {"id": live.id, "bundle": live.bundle, "by": live.by, "at": live.at},
            "pending": self.pending and {"id": self.pending.id, "confirm_by": self.pending.confirm_by},
            "problem": self.problem and {"at": self.problem[0], "problems": self.problem[1].as_dicts()},
            "notice": self.notice,
            "pinned": await self._store.pinned(),
            "results": dict(self.counts),
        }

    async def _apply(
        self,
        text: str,
        file: str,
        by: str,
        renamed: Mapping[str, str],
        confirm: Millis | None,
        former: Outcome,
    ) -> Applied:
        checked = await self._checked(text, file)
        if checked.graph is not None:
            await self._refuse_lost_queues(checked, renamed)
        if checked.spec is None or checked.graph is None or checked.diagnostics.failed:
            self._refused(checked.diagnostics)
            return Applied(checked.diagnostics)
        plan = await self._planned(checked)
        prepared = self._prepared(checked, renamed)
        now = self._clock.now()
        entry = self._entry(text, file, by, prepared, summary(plan.changes)._asdict(), prepared.aliases)
        if confirm is not None:
            entry = replace(entry, confirm_by=now + confirm)
        base = self._base if self.pending is not None else await self._live_id()
        await self._store.put(prepared.graph.id, prepared.graph.source, now)
        config = await self._store.go_live(entry, former)
        self._swap(prepared)
        self._settle()
        if confirm is not None:
            self._await_confirmation(config, base, confirm)
        self.problem = self.notice = None
        self.counts["applied"] += 1
        self._changed()
        _log.info("configuration %d is live: bundle %s, by %s", config.id, config.bundle, by)
        await self._store.prune([prepared.graph.id])
        return Applied(checked.diagnostics, plan, config)

    def _swap(self, prepared: Prepared) -> None:
        """The second phase: nothing here can fail, and no input is worked on meanwhile."""
        self._live.now = prepared
        self._conversations.adopt(prepared.graph)
        self._desk.desk.grace = prepared.spec.limits.presence_grace
        self._desk.rules_changed(prepared.rules)
        self._desk.renamed()
        self._resize(prepared.spec.pools.db)

    # ---- parts of the first phase

    async def _checked(self, text: str, file: str) -> Checked:
        # On a thread: exploring the guarantees of a large flow takes longer than a socket should wait.
        return await asyncio.to_thread(
            check_bytes, text.encode("utf-8", "surrogatepass"), file, environment=self._origin.here()
        )

    async def _planned(self, checked: Checked) -> Plan:
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

    async def _refuse_lost_queues(self, checked: Checked, renamed: Mapping[str, str]) -> None:
        """A queue that open conversations are pinned to may not go without saying what takes its place."""
        spec = checked.spec
        if spec is None:
            return
        pinned = await self._store.pinned()
        graphs = {bundle: await self._conversations.graph(bundle) for bundle in pinned}
        known = aliases_after(self._live.now.aliases, spec, renamed)
        checked.diagnostics.extend(still_needed(spec, graphs, pinned, known))

    def _prepared(self, checked: Checked, renamed: Mapping[str, str]) -> Prepared:
        assert checked.spec is not None  # noqa: S101  # the caller has looked; this tells the type checker
        assert checked.graph is not None  # noqa: S101  # the same
        before = self._live.now
        # What needs a restart stays as it runs, so that nobody reads an address where nothing listens.
        spec = replace(checked.spec, listen=before.spec.listen, storage=before.spec.storage)
        aliases = aliases_after(before.aliases, spec, renamed)
        budget = before.grants.budget
        return prepare(spec, checked.graph, self._origin.identity(spec), aliases, budget)

    def _entry(
        self,
        text: str,
        file: str,
        by: str,
        prepared: Prepared,
        summary: dict[str, str],
        aliases: Mapping[str, str],
    ) -> Config:
        return Config(self._clock.now(), by, file, text, prepared.graph.id, summary, dict(aliases))

    # ---- confirmation

    async def _live_id(self) -> int | None:
        return next((entry.id for entry in await self._store.configs() if entry.outcome == "live"), None)

    async def _last_good(self) -> int | None:
        if self.pending is not None:
            return self._base
        return next((entry.id for entry in await self._store.configs() if entry.outcome == "past"), None)

    def _await_confirmation(self, config: Config, base: int | None, confirm: Millis) -> None:
        self.pending, self._base = config, base
        loop = asyncio.get_running_loop()
        self._alarm = loop.call_later(confirm / 1000, self._not_confirmed, config.id)

    def _not_confirmed(self, config: int) -> None:
        self._tasks.create_task(self._revert(config), name=f"going back from configuration {config}")

    async def _revert(self, config: int) -> None:
        async with self._turn:
            if self.pending is None or self.pending.id != config or self._base is None:
                return
            base = await self._store.config(self._base)
            if base is None:
                return
            _log.warning("configuration %d was not confirmed: going back to %d", config, base.id)
            try:
                done = await self._apply(base.text, base.file, "timeout", {}, None, "reverted")
            except (StoreError, ConfigError):
                _log.exception("configuration %d stays live: the former one cannot be had", config)
                return
            if done.live is not None:
                self.counts["reverted"] += 1

    def _settle(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self.pending, self._base, self._alarm = None, None, None

    def stop(self) -> None:
        """Let nothing go back any more: the appliance ends, and the next start looks at the store."""
        if self._alarm is not None:
            self._alarm.cancel()

    def _refused(self, found: Diagnostics) -> None:
        self.counts["refused"] += 1
        self.problem = (self._clock.now(), found)
        self._changed()
        first = next(iter(found), None)
        _log.warning("a configuration was refused, the live one stays: %s", first.message.en if first else "")
