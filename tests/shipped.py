"""The shipped kefu.yaml as tests and benchmarks run it: open round the clock, quick with the silent, generous with limits."""

from tools.loadtest.serving import SHIPPED


def kefu_yaml(
    wait: str = "1s", limits: str = "messages_per_minute: 6000", thresholds: str | None = "[]"
) -> str:
    """Return the shipped file, open round the clock, with `wait` before the silent are served, and other `limits`.

    It never degrades by itself unless `thresholds` says so (None: as shipped): a machine that is busy with other things would
    switch off what a test looks at.
    """
    text = SHIPPED.read_text(encoding="utf-8")
    for old, new in (
        ("mon-sun: 09:00-23:00", "mon-sun: 00:00-24:00"),
        ("  2026-10-01..2026-10-03: closed\n", ""),
        ("  2026-11-10..2026-11-11: 00:00-24:00\n", ""),
        ("after: {20s: {to: 分配客服", f"after: {{{wait}: {{to: 分配客服"),
    ):
        assert old in text, f"kefu.yaml no longer has {old!r}"
        text = text.replace(old, new)
    text = text[: text.index("tests:")]
    if thresholds is not None:
        text = f"{text[: text.index('thresholds:')]}thresholds: {thresholds}\n{text[text.index('pools:') :]}"
    return f"{text}limits: {{{limits}}}\n"
