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

from appliance.config.changes import summary
from appliance.config.diagnostics import Diagnostics
from appliance.config.spec import Spec
from appliance.delivery.cards import Banner
from appliance.errors import ConfigError, KefuError, Refused, StoreError, Text
from appliance.history import Config, Outcome
from appliance.model import Millis
from appliance.ports import Clock, Store
from appliance.runtime import banners, lastgood
from appliance.runtime.check import check_bytes
from appliance.runtime.conversations import Conversations
from appliance.runtime.desk import DeskRuntime
from appliance.runtime.lastgood import Chosen
from appliance.runtime.live import Live, Prepared
from appliance.runtime.preparing import Origin, Plan, Preparation

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


class Applied(Struct, frozen=True):
    """What came of it.  `live` is None when the configuration was refused; nothing has changed then.

    `news` is false when it was live already; `live.confirm_by` tells whether, and until when, it waits to be confirmed.
    `of` is the number in the history that a rollback went back to.
    """

    diagnostics: Diagnostics
    plan: Plan | None = None
    live: Config | None = None
    news: bool = True
    of: int = 0


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
        swapped: Callable[[Spec], None],
        show: Callable[[Banner | None], None],
    ) -> None:
        self.counts: Counter[str] = Counter()
        """Results since the start: applied, refused, reverted."""
        self.problem: tuple[Millis, Diagnostics] | None = None
        """Why the last attempt failed, and when; None after one that did not."""
        self.pending: Config | None = None
        """The live configuration while it waits to be confirmed."""
        self.notice: Mapping[str, str] | None = None
        """What the start has to say while something else than the file runs, in both languages."""
        self.live_sha = ""
        self._live = live
        self._store = store
        self._conversations = conversations
        self._desk = desk
        self._clock = clock
        self._tasks = tasks
        self._origin = origin
        self._first = Preparation(live, store, origin)
        self._swapped = swapped
        self._show = show
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
        checked = await self._first.checked(text, file)
        if checked.spec is None or checked.graph is None:
            return Applied(checked.diagnostics)
        await self._first.refuse_lost_queues(checked, renamed)
        plan = await self._first.planned(checked)
        return Applied(checked.diagnostics, None if checked.diagnostics.failed else plan)

    def say(self, chosen: Chosen) -> None:
        """Go on saying that not the file runs but what was good before it."""
        self.notice = lastgood.banner(chosen, self._origin.file)
        self._show(banners.last_good(self.notice, self._clock.now()))

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
                    f"读不了 {self._origin.file}：{reason}。",
                    f"{self._origin.file} cannot be read: {reason}.",
                ),
                Text("正在运行的配置没有变。", "What runs was not changed."),
            ) from error
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            found = check_bytes(data, self._origin.file, environment=None).diagnostics
            self._refused(found)
            return Applied(found)
        return await self.apply(text, self._origin.file, by, {})

    async def confirm(self) -> Config:
        """Keep what is live; raises Refused when it does not wait for that."""
        async with self._turn:
            if self.pending is None:
                raise NOTHING_WAITS
            await self._store.confirm(self.pending.id)
            kept = replace(self.pending, confirm_by=None)
            self._settle()
            self._show(None)
            return kept

    async def rollback(self, by: str, to: int | None = None) -> Applied:
        """Make an earlier configuration live again, the last good one unless `to` names another.

        Raises Refused when there is none.
        """
        wanted = to if to is not None else await self._last_good()
        config = await self._store.config(wanted) if wanted is not None and wanted < 2**53 else None
        if config is None:
            raise NO_SUCH
        done = await self.apply(config.text, config.file, by, {}, former="rolled_back")
        return replace(done, of=config.id)

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
        checked = await self._first.checked(text, file)
        if former != "past" and checked.spec is not None:
            renamed = self._first.way_back(checked.spec)
        if checked.graph is not None:
            await self._first.refuse_lost_queues(checked, renamed)
        if checked.spec is None or checked.graph is None or checked.diagnostics.failed:
            self._refused(checked.diagnostics)
            return Applied(checked.diagnostics)
        plan = await self._first.planned(checked)
        prepared = self._first.prepared(checked, renamed)
        now = self._clock.now()
        last = await self._live_entry()
        if last is not None and not renamed and await self._says(last, text):
            # A repeated reload is no news: what waits to be confirmed goes on waiting.  Secrets may have changed.
            self._swap(prepared)
            await self._wait_anew(confirm)
            self._went_live(self.pending or last)
            return Applied(checked.diagnostics, plan, self.pending or last, news=False)
        entry = self._entry(text, file, by, prepared, summary(plan.changes)._asdict(), prepared.aliases)
        if confirm is not None:
            entry = replace(entry, confirm_by=now + confirm)
        base = self._base if self.pending is not None else last.id if last is not None else None
        await self._store.put(prepared.graph.id, prepared.graph.source, now)
        if self.pending is not None and former == "past":
            former = "reverted"  # Nobody ever said that it is good, so no way back may lead to it.
        config = await self._store.go_live(entry, former)
        self._swap(prepared)
        self._settle()
        if confirm is not None:
            self._await_confirmation(config, base, confirm)
        self._went_live(config)
        try:
            await self._store.prune([prepared.graph.id])
        except StoreError as error:
            _log.warning("old bundles stay in the store for now", extra={"error": error})
        return Applied(checked.diagnostics, plan, config)

    def _went_live(self, config: Config) -> None:
        self.problem = self.notice = None
        self.counts["applied"] += 1
        self.live_sha = config.sha256
        self._show(banners.unconfirmed(self.pending) if self.pending is not None else None)
        _log.info("configuration live", extra={"config": config.id, "bundle": config.bundle, "by": config.by})

    def _swap(self, prepared: Prepared) -> None:
        """The second phase: nothing here can fail, and no input is worked on meanwhile."""
        self._live.now = prepared
        self._conversations.adopt(prepared.graph)
        self._desk.desk.grace = prepared.spec.limits.presence_grace
        self._desk.rules_changed(prepared.rules)
        self._desk.renamed()
        self._swapped(prepared.spec)

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

    async def _live_entry(self) -> Config | None:
        return next((entry for entry in await self._store.configs() if entry.outcome == "live"), None)

    async def _says(self, entry: Config, text: str) -> bool:
        known = await self._store.config(entry.id)
        return known is not None and known.text == text

    async def _last_good(self) -> int | None:
        """Return the newest that was live before and says something else than what is live now."""
        if self.pending is not None:
            return self._base
        entries = await self._store.configs()
        live = next((entry.sha256 for entry in entries if entry.outcome == "live"), "")
        good = (entry.id for entry in entries if entry.outcome == "past" and entry.sha256 != live)
        return next(good, None)

    async def _wait_anew(self, confirm: Millis | None) -> None:
        """What waits already is applied again: a new `confirm` counts from now, none leaves the old one."""
        if self.pending is not None and confirm is not None:
            until = self._clock.now() + confirm
            await self._store.confirm(self.pending.id, until)
            self._await_confirmation(replace(self.pending, confirm_by=until), self._base, confirm)

    def _await_confirmation(self, config: Config, base: int | None, confirm: Millis) -> None:
        self.pending, self._base = config, base
        if self._alarm is not None:
            self._alarm.cancel()
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
            _log.warning("not confirmed: going back", extra={"config": config, "to": base.id})
            try:
                done = await self._apply(base.text, base.file, "timeout", {}, None, "reverted")
            except (StoreError, ConfigError):
                _log.exception("no way back: the former one cannot be had", extra={"config": config})
                return
            if done.live is not None:
                self.counts["reverted"] += 1
            else:
                # It goes on waiting, here and in the store: whoever confirms it ends that, and the next start goes back.
                _log.error("no way back: the former one passes no longer", extra={"config": config})

    def _settle(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self.pending, self._base, self._alarm = None, None, None

    def stop(self) -> None:
        """Let nothing go back any more: the appliance ends, and the next start looks at the store."""
        if self._alarm is not None:
            self._alarm.cancel()

    def _refused(self, found: Diagnostics) -> None:
        now = self._clock.now()
        self.counts["refused"] += 1
        self.problem = (now, found)
        self._show(banners.refused(found, now))
        first = next(iter(found), None)
        where = f"{found.file}:{first.at.line}:{first.at.column}" if first else ""
        _log.warning("a configuration was refused, the live one stays", extra={"place": where})
