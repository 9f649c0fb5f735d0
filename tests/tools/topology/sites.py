"""Installations for the tests: the shipped one, one where everything is set, one whose file says other things."""

import textwrap

from appliance.config.load import load
from appliance.config.spec import Spec
from appliance.errors import Language
from tests.flow.desks import CHAT
from tests.tools.topology import ROOT
from tools.topology.drawing import picture_of
from tools.topology.picture import Picture, View

SHIPPED = (ROOT / "kefu.yaml").read_text(encoding="utf-8")

EVERYTHING = (
    """\
kefu: 1
site: {name: '银行 "一号" <客服>', timezone: Asia/Shanghai, origins: ["https://bank.example.com", "https://m.example.com:8443"]}
listen: {host: 0.0.0.0, port: 8100, admin: "10.0.0.5:9100"}
vip: visitor.level >= 3
queues:
  贵宾: {when: vip, overflow: {to: 普通, after: 30s}, accept: manual, offer: 15s}
  夜班: {when: menu == '夜', strategy: round_robin, hours: {mon-sun: 18:00-02:00}}
  普通: {first: vip, strategy: least_busy, cap: 7, ageing: 2m}
alerts: {to: [console], when: [queue.oldest > 2m, load > 85%]}
thresholds:
  - {when: load > 61%, action: read_receipts_off}
  - {when: load > 72%, action: {delay_push: 3s}}
  - {when: load > 93%, action: simple_protocol}
pools: {db: 3, sessions: 12345}
storage: {url: sqlite, snapshot_every: 64, rate: 900}
limits: {connections: 4321, mailbox: 99, outbox_events: 77, ping_every: 20s, pong_within: 5s}
flows:
  main:
"""
    + textwrap.indent(textwrap.dedent(CHAT).strip("\n"), "    ")
    + "\n"
)


def spec_of(text: str) -> Spec:
    """Return a sound configuration as the program sees it."""
    spec, found = load(text, "kefu.yaml")
    assert spec is not None, found.render("en")
    return spec


def site(
    text: str = SHIPPED, language: Language = "zh", view: View = "operator", whole: bool = False
) -> Picture:
    """Return the picture of an installation, drawn at no moment in particular."""
    return picture_of(spec_of(text), text, language, view, whole=whole)


def many_queues(count: int) -> str:
    """Return a configuration with so many queues."""
    rows = "".join(f"  组{number}: {{when: menu == '{number}'}}\n" for number in range(1, count))
    return f"kefu: 1\nqueues:\n{rows}  其他: {{}}\nflows:\n  main:\n" + textwrap.indent(
        textwrap.dedent(CHAT), "    "
    )
