"""A conversation goes over to another bundle where it stands: names, times, timers, and what is bound to states."""

import pytest
from msgspec.structs import replace

from appliance import inputs
from appliance.effects import HoldAgent, SetTimer, WantAgent
from appliance.flow.graph import Graph
from appliance.flow.migrate import migrated, unmapped
from appliance.flow.step import step
from appliance.model import Snapshot, Timer, Visitor
from appliance.records import Happened
from tests.runtime.house import shipped

BEGAN = 1_000
NOW = BEGAN + 15_000

OLD = """kefu: 1
queues: {A: {}, B: {}}
messages: {嗨: 嗨, 在吗: 在吗}
flows:
  main:
    initial: 等
    vars: {n: 1, gone: 1}
    states:
      等:
        entry: {enqueue: A}
        on: {visitor.message: {action: auto_assign}, agent.accept: {to: 谈}}
        after: {5s: {action: {say: 嗨}}, 20s: {to: 完, when: vars.n > 0}, 60s: {to: 完}}
      谈: {on: {visitor.close: {to: 完}, agent.close: {to: 完}}, after: {1h: {to: 完}}}
      完: {final: true}
"""


def graph(text: str) -> Graph:
    return shipped(text).graph


def begun(old: Graph) -> Snapshot:
    opened = inputs.Opened(Visitor("v1"), old.id, "1", "你好", conversation="c1")
    snapshot = step(old, None, opened, lambda name, scope: "", BEGAN).snapshot
    fired = step(old, snapshot, inputs.TimerDue(1), lambda name, scope: "", BEGAN + 5_000).snapshot
    assert [timer.due for timer in fired.timers] == [BEGAN + 20_000, BEGAN + 60_000]
    return replace(fired, vars={**fired.vars, "n": 7})


def moved(old: Graph, new: Graph, snapshot: Snapshot, **names: dict[str, str]) -> Snapshot:
    done = migrated(old, new, snapshot, inputs.Migrated(new.id, **names), NOW)
    (record,) = done.records
    assert isinstance(record, Happened)
    assert done.snapshot.bundle == new.id
    return done.snapshot


def test_entry_times_and_timers_of_the_same_length_stay_whatever_their_order() -> None:
    old = graph(OLD)
    new = graph(
        OLD.replace(
            "5s: {action: {say: 嗨}}, 20s: {to: 完, when: vars.n > 0}, 60s: {to: 完}",
            "60s: {to: 完}, 5s: {action: {say: 在吗}}, 20s: {to: 完, when: vars.n > 0}",
        )
    )
    before = begun(old)
    after = moved(old, new, before)
    assert (after.active, after.entered) == (before.active, before.entered)
    # The one of 5 s has fired already and does not come again.
    assert after.timers == (Timer(BEGAN + 20_000, 2, "等", 2), Timer(BEGAN + 60_000, 3, "等", 0))


def test_two_timers_of_one_length_are_told_apart_by_their_number() -> None:
    text = OLD.replace("20s: {to: 完, when: vars.n > 0}, 60s", "20s: {to: 谈, when: vars.n > 3}, 60s")
    old, new = graph(text), graph(text.replace("60s: {to: 完}", "60s: {to: 谈}"))
    assert [timer.index for timer in moved(old, new, begun(old)).timers] == [1, 2]


def test_a_timer_that_is_new_counts_from_the_entry_and_one_that_is_gone_goes() -> None:
    old = graph(OLD)
    shorter = graph(
        OLD.replace(
            "20s: {to: 完, when: vars.n > 0}, 60s",
            "10s: {to: 完, when: vars.n > 0}, 30s: {to: 完, when: vars.n > 0}, 60s",
        )
    )
    after = moved(old, shorter, begun(old))
    # 10 s after the entry are over: it is due now, or nobody would come for the conversation.
    assert [(timer.due, timer.index) for timer in after.timers] == [
        (NOW, 1),
        (BEGAN + 30_000, 2),
        (BEGAN + 60_000, 3),
    ]
    effects = migrated(old, shorter, begun(old), inputs.Migrated(shorter.id), NOW).effects
    assert SetTimer(NOW) in effects


def test_variables_keep_their_values_where_they_are_still_declared_with_that_type() -> None:
    old = graph(OLD)
    new = graph(OLD.replace("vars: {n: 1, gone: 1}", "vars: {n: 2, gone: text, fresh: 9}"))
    assert moved(old, new, begun(old)).vars == {"n": 7, "gone": "text", "fresh": 9}


def test_a_place_follows_its_state_and_its_queue_by_their_new_names() -> None:
    old = graph(OLD)
    new = graph(OLD.replace("等", "候").replace("A", "C"))
    before = begun(old)
    assert unmapped(old, new, before, {}) == ("等",)
    assert migrated(old, new, before, inputs.Migrated(new.id), NOW).records == ()
    source = inputs.Migrated(new.id, {"等": "候"}, {"A": "C"})
    done = migrated(old, new, before, source, NOW)
    after = done.snapshot
    assert after.active == ("候",)
    assert after.waiting is not None
    assert (after.waiting.queue, after.waiting.entered_by) == ("C", "候")
    assert [each.queue for each in done.effects if isinstance(each, WantAgent)] == ["C"]
    assert {timer.state for timer in after.timers} == {"候"}


def test_an_owner_keeps_the_conversation_and_lets_go_of_it_where_he_would_have() -> None:
    old = graph(OLD)
    new = graph(OLD.replace("谈", "聊").replace("A", "C"))
    asked = step(old, begun(old), inputs.VisitorSaid("2", "在吗"), lambda name, scope: "", NOW).snapshot
    assert asked.waiting is not None
    offer = inputs.Offered("a1", "李", asked.waiting.visit, "A")
    held = step(old, asked, offer, lambda name, scope: "", NOW).snapshot
    assert held.held is not None
    source = inputs.Migrated(new.id, {"谈": "聊"}, {"A": "C"})
    done = migrated(old, new, held, source, NOW)
    after = done.snapshot
    assert after.held is not None
    assert (after.held.agent, after.held.state, after.held.queue) == ("a1", "聊", "C")
    assert [each for each in done.effects if isinstance(each, HoldAgent)] == [HoldAgent("a1", "C")]
    ended = step(new, after, inputs.AgentClosed("a1", "9"), lambda name, scope: "", NOW).snapshot
    assert (ended.open, ended.held) == (False, None)


NESTED = OLD.replace("    initial: 等", "    initial: 外").replace(
    """      等:
        entry: {enqueue: A}
""",
    """      外:
        initial: 等
        after: {10m: {to: 完}}
        states:
          等:
            entry: {enqueue: A}
""",
)


def nested() -> Graph:
    text = NESTED.replace(
        """        on: {visitor.message: {action: auto_assign}, agent.accept: {to: 谈}}
        after: {5s""",
        """            on: {visitor.message: {action: auto_assign}, agent.accept: {to: 谈}}
            after: {5s""",
    )
    return graph(text)


def test_a_state_that_was_put_around_others_is_entered_when_they_were() -> None:
    old, new = graph(OLD), nested()
    after = moved(old, new, begun(old))
    assert after.active == ("外", "等")
    assert after.entered == (BEGAN, BEGAN)
    assert Timer(BEGAN + 600_000, 4, "外", 0) in after.timers
    back = moved(new, old, after)
    assert (back.active, back.entered) == (("等",), (BEGAN,))
    assert {timer.state for timer in back.timers} == {"等"}


@pytest.mark.parametrize("target", ["外", "完", "没有"])
def test_what_is_no_innermost_state_of_a_running_flow_is_no_place(target: str) -> None:
    old, new = graph(OLD), nested()
    assert unmapped(old, new, begun(old), {"等": target}) == ("等",)


REGIONS = """kefu: 1
messages: {}
flows:
  main:
    initial: 两边
    states:
      两边:
        parallel: true
        on: {visitor.close: {to: 完}}
        states:
          左: {initial: 左一, states: {左一: {after: {30s: {to: 左二}}}, 左二: {}}}
          右: {initial: 右一, states: {右一: {after: {40s: {to: 右二}}}, 右二: {}}}
      完: {final: true}
"""


def test_regions_go_over_together_or_not_at_all() -> None:
    old = graph(REGIONS)
    opened = inputs.Opened(Visitor("v1"), old.id, "1", "你好", conversation="c1")
    before = step(old, None, opened, lambda name, scope: "", BEGAN).snapshot
    renamed = graph(REGIONS.replace("左一", "左甲"))
    after = moved(old, renamed, before, states={"左一": "左甲"})
    assert after.active == ("两边", "左", "左甲", "右", "右一")
    assert [(timer.due, timer.state) for timer in after.timers] == [
        (BEGAN + 30_000, "左甲"),
        (BEGAN + 40_000, "右一"),
    ]
    third = graph(REGIONS.replace("          右:", "          中: {}\n          右:"))
    assert unmapped(old, third, before, {}) == ("左一", "右一")
    assert unmapped(old, renamed, before, {"左一": "左二"}) == ()
    assert unmapped(old, renamed, before, {"左一": "右二"}) == ("左一", "右一")


def test_a_parked_conversation_goes_over_as_it_is_and_a_closed_one_stays() -> None:
    old = graph(OLD)
    new = graph(OLD.replace("等", "候"))
    before = begun(old)
    parked = replace(before, parked=True, timers=())
    after = moved(old, new, parked)
    assert (after.active, after.parked) == (("等",), True)
    closed = replace(before, closed_at=NOW)
    assert migrated(old, new, closed, inputs.Migrated(new.id), NOW).records == ()
    assert migrated(old, old, before, inputs.Migrated(old.id), NOW).records == ()


HISTORY = (
    REGIONS.replace("        parallel: true", "        initial: 左")
    .replace("左二: {}}}", "左二: {}, 回: {history: deep}}, on: {visitor.message: {to: 右}}}")
    .replace("右: {initial", "右: {on: {visitor.message: {to: 回}}, initial")
)


def test_what_history_remembers_goes_along_where_it_still_leads_somewhere() -> None:
    old = graph(HISTORY)
    opened = inputs.Opened(Visitor("v1"), old.id, "1", "你好", conversation="c1")
    before = step(old, None, opened, lambda name, scope: "", BEGAN).snapshot
    before = replace(before, active=("两边", "右", "右一"), history={"回": ("左二",)}, timers=())
    renamed = graph(HISTORY.replace("左二", "左乙"))
    assert moved(old, renamed, before, states={"左二": "左乙"}).history == {"回": ("左乙",)}
    assert moved(old, renamed, before).history == {}
