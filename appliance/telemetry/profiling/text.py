"""Profiles as text, as Go's net/http/pprof shows them with ?debug=1 and ?debug=2."""

from appliance.telemetry.profiling.profile import Frame, Labels, Profile, frame_of
from appliance.telemetry.profiling.tasks import Waiting


def summary(name: str, profile: Profile) -> str:
    """Return a profile with debug=1: its stacks, the heaviest first, each with its values and labels."""
    lines = [f"{name} profile: total {profile.total()}"]
    lines += [f"# {comment}" for comment in profile.comments]
    lines.append("# " + " ".join(f"{kind}/{unit}" for kind, unit in profile.types))
    for sample in sorted(profile.samples, key=lambda sample: sample.values[-1], reverse=True):
        lines.append("")
        lines.append(" ".join([*map(str, sample.values), "@", *_said(sample.labels)]))
        lines += [f"#\t{_place(frame)}" for frame in sample.stack]
    return "\n".join(lines) + "\n"


def one(number: int, waiting: Waiting) -> str:
    """Return a task or thread with debug=2."""
    labels = dict(waiting.labels)
    kind = labels.pop("type", "task")
    said = " ".join(_said(tuple(labels.items())))
    frames = [frame_of(*place) for place in waiting.stack]
    return "\n".join([f"{kind} {number} [{said}]:", *(f"\t{_place(frame)}" for frame in frames)]) + "\n\n"


def _said(labels: Labels) -> list[str]:
    return [f"{key}={text}" for key, text in labels]


def _place(frame: Frame) -> str:
    return f"{frame.name}\t{frame.file}:{frame.line}" if frame.file else frame.name
