"""How a plan reads, whatever is in it."""

import io

import pytest

from appliance.cli.console import Console, UsageError
from appliance.cli.plans import renames, rendered, who
from appliance.errors import Language

CHANGE = {"path": "p", "before": "1", "after": "2", "what": ["甲", "a"]}


def shown(language: Language, *when: str, before: str = "b1", after: str = "b1", affected: int = 0) -> str:
    plan = {
        "changes": [{**CHANGE, "when": each} for each in when],
        "bundle_before": before,
        "bundle_after": after,
        "open": 7,
        "pinned": {},
        "affected": affected,
    }
    return rendered(plan, Console(language, out=io.StringIO()))


def test_changes_stand_under_when_they_take_effect() -> None:
    assert shown("en", "restart", "live", "new", after="b2", affected=3).splitlines() == [
        "at once, for everybody:",
        "  a: 1 ⇒ 2",
        "for new conversations:",
        "  a: 1 ⇒ 2",
        "only after a restart:",
        "  a: 1 ⇒ 2",
        "Flow b1 → b2: 3 open conversations go on by the old one; kefu migrate moves them.",
    ]


def test_nothing_differs() -> None:
    assert shown("zh").splitlines() == [
        "和正在运行的配置一样，没有变化。",
        "流程没变（b1）：7 个进行中的会话不受影响。",
    ]
    assert "no open conversation is affected" in shown("en", "new", after="b2")


def test_renames() -> None:
    assert renames([]) == {}
    assert renames(["旧=新", " a = b "]) == {
        "queues": {"旧": "新", "a": "b"},
        "states": {"旧": "新", "a": "b"},
    }
    for wrong in ("旧", "=新", "旧="):
        with pytest.raises(UsageError):
            renames([wrong])


def test_who_is_somebody() -> None:
    assert who()
