"""What Prometheus is to work out beforehand: ratios and quantiles that alerts ask for over several windows."""

from msgspec import Struct

WINDOWS = ("5m", "30m", "1h", "6h")
"""The windows of the alerts about an error budget: a long one for weight, a short one to end soon after the trouble."""

OBJECTIVE = 0.999
"""So much of the messages should be taken in, and be acknowledged within `ACK_EDGE` seconds."""

ACK_EDGE = 0.25
BUDGET = round(1 - OBJECTIVE, 6)

_REFUSED = 'kefu_messages_refused_total{reason=~"full|unavailable"}'
_TAKEN = 'kefu_messages_total{direction="in"}'
BY = "sum by (job, instance)"


class Recording(Struct, frozen=True):
    """One recording rule: level:metric:operation, as Prometheus advises to name them."""

    record: str
    expr: str


def _refused(window: str) -> Recording:
    refused, taken = (f"{BY} (rate({series}[{window}]))" for series in (_REFUSED, _TAKEN))
    return Recording(
        f"instance:kefu_messages_refused:ratio_rate{window}", f"{refused} / ({refused} + {taken})"
    )


def _late(window: str) -> Recording:
    within = f'{BY} (rate(kefu_message_ack_seconds_bucket{{le="{ACK_EDGE}"}}[{window}]))'
    every = f"{BY} (rate(kefu_message_ack_seconds_count[{window}]))"
    return Recording(f"instance:kefu_messages_late:ratio_rate{window}", f"1 - {within} / {every}")


def _p99(metric: str) -> Recording:
    buckets = f"sum by (job, instance, le) (rate({metric}_seconds_bucket[5m]))"
    return Recording(f"instance:{metric}_seconds:p99_5m", f"histogram_quantile(0.99, {buckets})")


RECORDINGS: tuple[Recording, ...] = (
    *map(_refused, WINDOWS),
    *map(_late, WINDOWS),
    *map(_p99, ("kefu_store_commit", "kefu_event_loop_lag")),
    Recording(
        "instance_queue:kefu_session_wait_within_30s:ratio_rate1h",
        'sum by (job, instance, queue) (rate(kefu_session_wait_seconds_bucket{le="30.0"}[1h]))'
        " / sum by (job, instance, queue) (rate(kefu_session_wait_seconds_count[1h]))",
    ),
)
