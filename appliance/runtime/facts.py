"""What guards and texts may read of the world outside a conversation.

Every value that a step reads here is recorded with its input, so this is the only door through which the present enters
a conversation.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from appliance.config.hours import Hours
from appliance.dispatch import views
from appliance.dispatch.desk import Desk
from appliance.flow.scope import Scope
from appliance.model import Millis, Value
from appliance.overload import Controller
from appliance.runtime.live import Live

_log = logging.getLogger("kefu.facts")

MESSAGE = "message:"
"""Facts with this prefix are texts of kefu.yaml, rendered."""


class Facts:
    """Reads facts for a conversation: hours and texts of the configuration that runs, whatever bundle it is pinned to."""

    def __init__(self, live: Live, desk: Desk, controller: Controller) -> None:
        self._live = live
        self._desk = desk
        self._readers: Mapping[str, Callable[[Scope | None, str, Millis], Value]] = {
            "queue.wait": self._wait,
            "queue.position": self._position,
            "queue.length": lambda scope, conversation, now: views.length(desk, self._queue(scope)),
            "queue.oldest": self._oldest,
            "agents.ready": lambda scope, conversation, now: views.agents_ready(desk),
            "hours.open": lambda scope, conversation, now: self._hours(scope).is_open(now),
            # No AI level runs in this version: this is its true value.
            "ai.on": lambda scope, conversation, now: False,
            "load": lambda scope, conversation, now: controller.load.ratio,
            "tier": lambda scope, conversation, now: controller.tier,
        }

    def read(self, name: str, scope: Scope | None, conversation: str, now: Millis) -> Value:
        """Return the fact `name`; raises KeyError for a name that is none."""
        if name.startswith(MESSAGE):
            texts = self._live.now.texts
            return texts.render(name[len(MESSAGE) :], self._variables(scope, conversation, now))
        return self._readers[name](scope, conversation, now)

    def greeting(self, now: Millis) -> str:
        """Return what is said before there is a conversation, as it reads at this time; "" when nothing is."""
        current = self._live.now
        name = current.spec.welcome.say
        try:
            return current.texts.render(name, self._variables(None, "", now)) if name else ""
        except Exception:
            # A template that compiles may still fail on a value; nobody is turned away for a greeting.
            _log.exception("the greeting could not be made", extra={"template": name})
            return ""

    def _queue(self, scope: Scope | None) -> str:
        name = scope.waiting.queue if scope and scope.waiting else ""
        return self._live.now.aliases.get(name, name)

    def _hours(self, scope: Scope | None) -> Hours:
        """Return the hours that count for a conversation: those of its queue, as they are now."""
        spec = self._live.now.spec
        if scope is None or all(queue.hours is None for queue in spec.queues):
            return spec.hours
        name = scope.likely_queue()
        return spec.hours_of(self._live.now.aliases.get(name, name))

    def _wait(self, scope: Scope | None, conversation: str, now: Millis) -> Value:
        return now - scope.waiting.since if scope and scope.waiting else 0

    def _position(self, scope: Scope | None, conversation: str, now: Millis) -> Value:
        place = views.position(self._desk, conversation)
        return place.position if place else 0

    def _oldest(self, scope: Scope | None, conversation: str, now: Millis) -> Value:
        since = views.oldest(self._desk)
        return now - since if since is not None else 0

    def _variables(self, scope: Scope | None, conversation: str, now: Millis) -> Mapping[str, object]:
        """Return what a text may name, by canonical name."""
        spec = self._live.now.spec
        hours = self._hours(scope)
        opens = hours.next_open(now)
        values: dict[str, object] = {
            name: reader(scope, conversation, now) for name, reader in self._readers.items()
        }
        values["site.name"] = spec.site.name
        values["hours.next_open"] = _moment(opens, now, hours) if opens is not None else ""
        if scope is not None:
            visitor = scope.visitor
            values |= {
                "visitor.name": visitor.name,
                # By the definition of the bundle that the conversation is pinned to, as its guards have it.
                "vip": scope.is_vip(),
                "visitor.level": visitor.level,
                "visitor.tags": visitor.tags,
                "visitor.lang": visitor.lang,
                "visitor.channel": visitor.channel,
                "visitor.page": visitor.page,
                "visitor.signed": visitor.signed,
                "agent.name": scope.held.name if scope.held else "",
                "queue.name": self._queue(scope),
                "session.time": now - scope.opened_at,
                "menu": scope.menu,
                "served": scope.served,
                "tags": scope.tags,
                "priority": scope.priority,
                "transfers": scope.transfers,
            }
        return values


def _moment(at: Millis, now: Millis, hours: Hours) -> str:
    """Return a time of day, with the date when it is not today: the same in every language."""
    zone = ZoneInfo(hours.timezone)
    when, today = datetime.fromtimestamp(at / 1000, zone), datetime.fromtimestamp(now / 1000, zone)
    return f"{when:%H:%M}" if when.date() == today.date() else f"{when:%m-%d %H:%M}"
