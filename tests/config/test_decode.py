"""Settings arrive with their units, their defaults and their places."""

import pytest

from appliance.config.diagnostics import Span
from appliance.config.listen import AdminListen
from appliance.config.spec import THRESHOLDS, Overflow, Secret
from tests.config.reader import codes, spec_of


def test_site_and_listen() -> None:
    spec = spec_of(
        "site: {name: 店, timezone: UTC, origins: ['https://a.example:8443']}\n"
        "listen: {host: '::1', port: 9000}"
    )
    assert (spec.site.name, spec.site.timezone) == ("店", "UTC")
    assert spec.site.origins == ("https://a.example:8443",)
    assert (spec.listen.host, spec.listen.port) == ("::1", 9000)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("9001", AdminListen(port=9001)),
        ("'9001'", None),
        ("127.0.0.2:9001", AdminListen("127.0.0.2", 9001)),
        ("192.0.2.1:9001", AdminListen("192.0.2.1", 9001)),
        ("'[::1]:9001'", AdminListen("::1", 9001)),
        ("off", AdminListen(on=False)),
        ("9000", None),
        ("127.0.0.1:0", None),
        ("127.0.0.1:65536", None),
        ("127.0.0.1", None),
        (":9001", None),
        ("65536", None),
        ("true", None),
        ("http://127.0.0.1:9001", None),
    ],
)
def test_the_admin_routes_have_an_address_of_their_own(written: str, read: AdminListen | None) -> None:
    text = f"listen: {{host: 0.0.0.0, port: 9000, admin: {written}}}"
    if read is None:
        assert len(codes(text)) == 1
    else:
        assert spec_of(text).listen.admin == read


def test_the_admin_routes_do_not_follow_the_public_host() -> None:
    assert spec_of("listen: {host: 0.0.0.0}").listen.admin == AdminListen("127.0.0.1", None)


def test_the_identity_secret_is_a_reference() -> None:
    spec = spec_of("site:\n  identity_secret: ${env:KEFU_IDENTITY}")
    assert spec.site.identity_secret == Secret("env", "KEFU_IDENTITY", Span(3, 20, 3, 40))


@pytest.mark.parametrize("zone", ["Asia", "Asia/Shanghay", "../etc/passwd", "''", "/etc"])
def test_a_time_zone_must_exist(zone: str) -> None:
    assert codes(f"site: {{timezone: {zone}}}") == ["K324"]


def test_queues_with_everything() -> None:
    spec = spec_of(
        "queues:\n"
        "  VIP: {when: vip, strategy: round_robin, accept: manual, offer: 20s, cap: 3, ageing: 10m, overflow: {to: 售前, after: 30s}}\n"
        "  售前:"
    )
    first, second = spec.queues
    assert (first.name, first.strategy, first.accept, first.offer, first.cap) == (
        "VIP",
        "round_robin",
        "manual",
        20_000,
        3,
    )
    assert first.ageing == 600_000
    assert isinstance(first.overflow, Overflow)
    assert (first.overflow.to, first.overflow.after) == ("售前", 30_000)
    assert (second.strategy, second.accept, second.when, second.overflow) == ("sticky", "auto", None, None)


def test_thresholds_know_rung_hysteresis_and_delay() -> None:
    spec = spec_of(
        "thresholds: [{when: load > 60%, action: 暂停已读回执}, {when: 负载 > 80%, action: {delay_push: 1s}}]"
    )
    assert [(rung.enter, rung.leave, rung.action, rung.delay) for rung in spec.thresholds] == [
        (0.6, 0.5, "read_receipts_off", 0),
        (0.8, 0.7, "delay_push", 1000),
    ]
    assert spec_of("").thresholds == THRESHOLDS
    assert spec_of("thresholds: []").thresholds == ()


@pytest.mark.parametrize(
    "lines",
    [
        "[{when: load > 80%, action: read_receipts_off}, {when: load > 80%, action: delay_push}]",
        "[{when: load > 70%, action: delay_push}, {when: load > 80%, action: read_receipts_off}]",
        "[{when: load > 70%, action: delay_push}, {when: load > 80%, action: delay_push}]",
        "[{when: load > 101%, action: delay_push}]",
        "[{when: load < 10%, action: delay_push}]",
    ],
)
def test_a_ladder_that_does_not_rise(lines: str) -> None:
    assert codes(f"thresholds: {lines}") == ["K315"]


def test_limits_pools_storage_alerts() -> None:
    spec = spec_of(
        "limits: {message_bytes: 4KiB, presence_grace: 30s, mailbox: 64}\n"
        "pools: {db: 2}\nstorage: {snapshot_every: 16}\nalerts: {to: [console], when: [load > 85%, true]}"
    )
    assert (spec.limits.message_bytes, spec.limits.presence_grace, spec.limits.mailbox) == (4096, 30_000, 64)
    assert (spec.pools.db, spec.storage.snapshot_every, spec.storage.url) == (2, 16, "sqlite")
    assert [guard.source for guard in spec.alerts.when] == ["load > 85%", "true"]


def test_a_frame_must_hold_a_message() -> None:
    assert codes("limits: {message_bytes: 1MiB}") == ["K205"]


def test_welcome_and_messages() -> None:
    spec = spec_of("welcome: {say: 您好, menu: [买前, 退换]}\nmessages: {您好: '您好,{{ visitor.name }}'}")
    assert (spec.welcome.say, spec.welcome.menu) == ("您好", ("买前", "退换"))
    assert spec.messages["您好"].text == "您好,{{ visitor.name }}"
