"""How a plan reads: what changes, when it takes effect, and how many conversations it meets.

The commands plan, apply, rollback and reload show the same lines, so that what was planned is what is applied.
"""

import getpass
from collections.abc import Mapping
from typing import Any

import msgspec

from appliance.cli.console import Console, UsageError
from appliance.config.changes import Change, When
from appliance.errors import Text

_HEADS: dict[When, Text] = {
    "live": Text("立刻对所有人生效", "at once, for everybody"),
    "new": Text("对新会话生效", "for new conversations"),
    "restart": Text("重启后才生效", "only after a restart"),
    "check": Text("只影响 kefu check", "for kefu check only"),
}


def rendered(plan: Mapping[str, Any], console: Console) -> str:
    """Return a plan as the admin API gives it, as lines for people."""
    changes = msgspec.convert(plan["changes"], list[Change])
    lines: list[str] = []
    for when, head in _HEADS.items():
        found = [change.say().say(console.language) for change in changes if change.when == when]
        if found:
            lines += [
                f"{head.say(console.language)}{console.text('：', ':')}",
                *(f"  {line}" for line in found),
            ]
    if not changes:
        lines.append(console.text("和正在运行的配置一样，没有变化。", "Nothing differs from what runs."))
    lines.append(_conversations(plan, console))
    return "\n".join(lines)


def _conversations(plan: Mapping[str, Any], console: Console) -> str:
    """Return what becomes of the conversations that are open."""
    count, before, after = plan["open"], plan["bundle_before"], plan["bundle_after"]
    if before == after:
        return console.text(
            f"流程没变（{after}）：{count} 个进行中的会话不受影响。",
            f"The flow stays the same ({after}): none of the {count} open conversations is affected.",
        )
    affected = plan["affected"]
    if not affected:
        return console.text(
            f"流程 {before} → {after}：没有进行中的会话受影响。",
            f"Flow {before} → {after}: no open conversation is affected.",
        )
    return console.text(
        f"流程 {before} → {after}：{affected} 个进行中的会话按旧流程走完；要它们也换，运行 kefu migrate。",
        f"Flow {before} → {after}: {affected} open conversations go on by the old one; kefu migrate moves them.",
    )


def renames(written: list[str]) -> dict[str, dict[str, str]]:
    """Return what --rename OLD=NEW asks for, for queues and states alike: names are unique in both."""
    pairs: dict[str, str] = {}
    for each in written:
        old, sign, new = each.partition("=")
        if not (sign and old.strip() and new.strip()):
            raise UsageError(
                Text(f"看不懂 --rename {each}。", f"--rename {each} cannot be read."),
                Text("写成 --rename 旧名=新名。", "Write --rename OLD=NEW."),
            )
        pairs[old.strip()] = new.strip()
    return {"queues": pairs, "states": pairs} if pairs else {}


def who() -> str:
    """Return the name of the user at this terminal, for the history."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "?"
