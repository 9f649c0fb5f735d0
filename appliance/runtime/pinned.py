"""What conversations that began under an older file still need of it: its queues, by whatever name they have now."""

from collections.abc import Mapping

from appliance.config.diagnostics import Diagnostic, quoted
from appliance.config.spec import Spec
from appliance.errors import Text
from appliance.flow.bundle import bundle_from


def aliases_after(before: Mapping[str, str], spec: Spec, renamed: Mapping[str, str]) -> dict[str, str]:
    """Return queues by their former names under `spec`, when `renamed` (old to new) is added to what was known.

    A chain of renames becomes one step; a name that is a queue again, or leads to none, is no alias.
    """
    names = {queue.name for queue in spec.queues}
    joined = {old: renamed.get(new, new) for old, new in before.items()} | dict(renamed)
    return {old: new for old, new in joined.items() if old not in names and new in names}


def queues_of(source: bytes) -> tuple[str, ...]:
    """Return the names of the queues in a stored bundle, without compiling it."""
    return tuple(queue.name for queue in bundle_from(source).queues)


def still_needed(
    spec: Spec, names: Mapping[str, tuple[str, ...]], pinned: Mapping[str, int], aliases: Mapping[str, str]
) -> list[Diagnostic]:
    """Return a problem (K610) for each queue that is gone while open conversations are pinned to a bundle that names it.

    `names` are the queues of each bundle, `pinned` counts open conversations by bundle.
    """
    here = {queue.name for queue in spec.queues} | set(aliases)
    missing: dict[str, int] = {}
    for bundle, count in pinned.items():
        for name in names[bundle]:
            if name not in here:
                missing[name] = missing.get(name, 0) + count
    return [
        Diagnostic(
            "K610",
            "error",
            "$.queues",
            spec.queues[0].at,
            Text(
                f"组{quoted(name).zh}没有了，但还有 {count} 个进行中的会话按旧流程要用它",
                f"the queue {quoted(name).en} is gone, but {count} open conversations are pinned to a flow that names it",
            ),
            Text(
                f"改了名就加 --rename {name}=新名；要删掉它，等这些会话结束或先 kefu migrate",
                f"if it was renamed, add --rename {name}=NEW; to remove it, wait for them to end, or kefu migrate first",
            ),
        )
        for name, count in missing.items()
    ]
