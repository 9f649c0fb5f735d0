"""Which configuration a start runs: the file, unless it is broken or was taken back; then the last one that was good.

A shop must not stay closed over a slip of the pen at a restart in the night; but nobody may be left in doubt about which
configuration runs, so the start says it loudly and goes on saying it.
"""

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from appliance.errors import Text
from appliance.history import Config
from appliance.runtime.check import Checked

BROKEN = Text("配置文件有错", "the file has errors")
TAKEN_BACK = Text(
    "配置文件里的这一版已经被退回，或没有得到确认",
    "what the file says was rolled back, or was not confirmed in time",
)


class Chosen(Struct, frozen=True):
    """What runs.  `instead` says why it is not what the file says; `config` is then the number in the history."""

    checked: Checked
    text: str
    file: str
    aliases: dict[str, str] = {}
    instead: Text | None = None
    config: int | None = None


def choose(
    checked: Checked,
    text: str,
    file: str,
    configs: Sequence[Config],
    check: Callable[[str, str], Checked],
) -> Chosen | None:
    """Return what a start runs, None when there is nothing good to run.

    `configs` are those of the store with their texts, newest first; `check` checks a text under a name, for what was good
    under another version of kefu, or on another machine, may not be good here.
    """
    live = next((config for config in configs if config.outcome == "live"), None)
    why = None if checked.passed else BROKEN
    if checked.passed and _taken_back(text, configs):
        why = TAKEN_BACK
    if why is None:
        return Chosen(checked, text, file, dict(live.aliases) if live else {})
    for config in configs:
        confirmed = config.outcome == "past" or (config.outcome == "live" and config.confirm_by is None)
        if not confirmed or config.text == text:
            continue
        former = check(config.text, config.file)
        if former.passed:
            return Chosen(former, config.text, config.file, dict(config.aliases), why, config.id)
    return None


def _taken_back(text: str, configs: Sequence[Config]) -> bool:
    """Whether the newest word about `text` is that it was taken back, or waited for a confirmation when it ended."""
    newest = next((config for config in configs if config.text == text), None)
    if newest is None:
        return False
    return newest.outcome in ("reverted", "rolled_back") or (
        newest.outcome == "live" and newest.confirm_by is not None
    )


def banner(chosen: Chosen, file: str) -> Mapping[str, str]:
    """Return the sentence that the start, the status and the console show while something else than the file runs."""
    why = chosen.instead or Text("", "")
    return Text(
        f"注意：{why.zh}。现在运行的是以前的第 {chosen.config} 版。改好 {file} 后运行 kefu apply。",
        f"Careful: {why.en}. What runs is number {chosen.config} of the history. Mend {file}, then run kefu apply.",
    )._asdict()
