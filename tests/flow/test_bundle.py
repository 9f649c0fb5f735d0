"""The identity of a bundle: what changes it and what does not."""

from appliance.flow.bundle import bundle_from, bundle_id, bundle_of, source_of
from tests.flow.desks import CHAT, spec_of

EXTRA = "vip: visitor.level > 2\nqueues:\n  甲: {when: vip}\n  乙: {}\nmessages: {话: 您好}\nhours: {mon-sun: 09:00-18:00}"


def ident(flow: str = CHAT, extra: str = EXTRA) -> str:
    return bundle_id(source_of(bundle_of(spec_of(flow, extra))))


def test_an_id_is_twelve_hexadecimal_digits() -> None:
    assert len(ident()) == 12
    assert int(ident(), 16) >= 0


def test_places_texts_hours_and_desk_settings_make_no_new_bundle() -> None:
    assert ident(CHAT.replace("      服务:", "\n      # a remark\n      服务:")) == ident()
    assert ident(extra=EXTRA.replace("您好", "欢迎")) == ident()
    assert ident(extra=EXTRA.replace("18:00", "20:00")) == ident()
    assert ident(extra=EXTRA.replace("{when: vip}", "{when: vip, cap: 3}")) == ident()


def test_flow_queues_and_vip_do() -> None:
    others = {
        ident(),
        ident(CHAT.replace("10m", "11m")),
        ident(extra=EXTRA.replace("when: vip", "when: '!vip'")),
        ident(extra=EXTRA.replace("> 2", "> 3")),
        ident("vars: {次: 1}\n" + CHAT.strip("\n").replace("\n    ", "\n").strip()),
    }
    assert len(others) == 5


def test_it_reads_back_what_it_wrote() -> None:
    source = source_of(bundle_of(spec_of(extra=EXTRA)))
    assert source_of(bundle_from(source)) == source
    assert b"line" not in source
