"""What plan shows: nothing for the same file, every difference once, and when it takes effect."""

import re
from pathlib import Path

import pytest

from appliance.config.changes import Change, changes
from appliance.config.load import load
from appliance.config.spec import Spec

SHIPPED = (Path(__file__).parents[2] / "kefu.yaml").read_text(encoding="utf-8")


def spec_of(text: str) -> Spec:
    spec, found = load(text, "kefu.yaml")
    assert spec is not None, found.render("en")
    return spec


def edited(*edits: tuple[str, str], text: str = SHIPPED) -> tuple[Change, ...]:
    after = text
    for old, new in edits:
        assert old in after
        after = after.replace(old, new, 1)
    return changes(spec_of(text), spec_of(after))


def test_the_same_file_changes_nothing_wherever_its_lines_stand() -> None:
    assert changes(spec_of(SHIPPED), spec_of(SHIPPED)) == ()
    moved = SHIPPED.replace("kefu: 1\n", "kefu: 1\n\n# a remark\n\n")
    assert changes(spec_of(SHIPPED), spec_of(moved)) == ()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("您好，请问", "您好！请问", [("messages.欢迎语", "live")]),
        ("mon-sun: 09:00-23:00", "mon-fri: 08:30-23:00", [("hours", "live")]),
        ("2026-10-01..2026-10-03: closed", "2026-10-01: closed", [("hours.2026-10-02", "live"), ("hours.2026-10-03", "live")]),
        ("name: 唯一客服", "name: 店", [("site.name", "live")]),
        ("first: vip}", "first: vip, strategy: least_busy}", [("queues.售前.strategy", "live")]),
        ("after: 30s}}", "after: 40s}}", [("queues.VIP专席.overflow", "live")]),
        ("when: menu == '退换货'", "when: menu == '买前咨询'", [("queues.售后", "new")]),
        ("visitor.level >= 3", "visitor.level >= 4", [("vip", "new")]),
        ("time > 10s", "time > 8s", [("flows.main.states.接待.排队.等待接入.on.visitor.message", "new")]),
        ("load > 70%", "load > 65%", [("thresholds.1", "live")]),
        ("db: 4", "db: 5", [("pools.db", "live")]),
        ("snapshot_every: 32", "snapshot_every: 64", [("storage.snapshot_every", "restart")]),
        ("queue.oldest > 2m", "queue.oldest > 3m", [("alerts.when", "live")]),
        ("storage: {", "listen: {port: 9000}\nstorage: {", [("listen.port", "restart")]),
        ("storage: {", "listen: {admin: 9001}\nstorage: {", [("listen.admin", "restart")]),
        ("storage: {", "limits: {presence_grace: 1m}\nstorage: {", [("limits.presence_grace", "live")]),
        ("已结束: {final: true}", "已结束: {final: true, entry: {say: 还在吗}}", [("flows.main.states.已结束.entry", "new")]),
        ("name: 参考规则", "name: 规则", [("tests.规则", "check"), ("tests.参考规则", "check")]),
        ("menu: [买前咨询, 退换货]", "menu: [退换货]", [("welcome.menu", "live")]),
        ("when: menu == '退换货'", "when: menu == '退换货', hours: {mon-fri: 09:00-18:00}", [("queues.售后.hours", "live")]),
    ],
)  # fmt: skip
def test_each_section_says_when(old: str, new: str, expected: list[tuple[str, str]]) -> None:
    found = edited((old, new))
    assert [(each.path, each.when) for each in found] == expected


def test_a_timer_that_moves_is_one_gone_and_one_new() -> None:
    (new, gone) = edited(("after: {20s: {to", "after: {15s: {to"))
    assert new.say().en == "state 等待接入 after 15s (new): → 分配客服 / auto_assign"
    assert gone.say().en == "state 等待接入 after 20s (gone, was → 分配客服 / auto_assign)"
    assert gone.say().zh == "状态 等待接入 after 20s（去掉了，原来是 → 分配客服 / auto_assign）"


def test_a_change_reads_like_a_sentence() -> None:
    (found,) = edited(("time > 10s", "time > 8s"))
    assert found.say().zh == (
        "状态 等待接入 用户发送消息：→ 分配客服 [time > 10s] / auto_assign ⇒ → 分配客服 [time > 8s] / auto_assign"
    )
    assert edited(("mon-sun: 09:00-23:00", "mon-fri: 08:30-23:00\n  sun: 10:00-02:00"))[0].after == (
        "mon-fri 08:30-23:00; sat closed; sun 10:00-02:00"
    )


def test_a_secret_is_named_and_never_shown() -> None:
    with_secret = SHIPPED.replace("name: 唯一客服", "name: 唯一客服, identity_secret: '${env:KEFU_ID}'")
    (found,) = changes(spec_of(SHIPPED), spec_of(with_secret))
    assert (found.path, found.after) == ("site.identity_secret", "${env:KEFU_ID}")


def test_states_come_and_go_with_all_that_they_say() -> None:
    found = edited(
        ("已结束: {final: true}", "已结束: {final: true}\n      歇: {on: {用户发送消息: {to: 入口}}}")
    )
    assert [each.path for each in found] == [
        "flows.main.states.歇",
        "flows.main.states.歇.on.visitor.message",
    ]
    assert {each.when for each in found} == {"new"}


def test_every_number_and_name_of_the_shipped_file_that_is_changed_shows() -> None:
    """Each value changed by itself, where the file stays sound, gives at least one difference."""
    tried = 0
    for match in re.finditer(r"\b\d+(?=[smh%]|\b)", SHIPPED):
        if SHIPPED.rfind("#", SHIPPED.rfind("\n", 0, match.start()) + 1, match.start()) >= 0:
            continue
        changed = SHIPPED[: match.start()] + str(int(match[0]) + 1) + SHIPPED[match.end() :]
        spec, _ = load(changed, "kefu.yaml")
        if spec is None:
            continue
        tried += 1
        assert changes(spec_of(SHIPPED), spec), SHIPPED[match.start() - 20 : match.end() + 10]
    assert tried > 25
