"""Pictures for the tests: one with everything a flow may have, and the shipped one."""

from appliance.config.load import load
from tests.flow.desks import spec_of
from tests.tools.graph import ROOT
from tools.graph.picture import Picture, picture_of

EVERYTHING = """
    initial: 服务
    on_error: 留言
    states:
      服务:
        parallel: true
        on: {用户结束: {to: 完}}
        states:
          对话:
            initial: 等
            states:
              等: {entry: [enqueue, auto_assign], on: {客服接入: {to: 谈}}, always: {to: 谈, when: vip && served}}
              谈: {on: {用户发送消息: [{to: 谈, when: time > 10s}, {action: {say: 话}}]}, exit: {tag: 谈过}}
              上次: {history: deep, initial: 谈}
          计时: {initial: 短, states: {短: {after: {10m: {to: 长}}}, 长: {on: {AI失败: {to: 短}}}}}
      留言: {on: {用户发送消息: {to: 上次}}, after: {1h30m: {to: 完}}}
      完: {final: true}
"""


def everything(flow: str = EVERYTHING, language: str = "zh") -> Picture:
    """Return the picture of a flow with every kind of thing in it."""
    spec = spec_of(flow, "messages: {话: 您好}")
    return picture_of(spec, "en" if language == "en" else "zh")


def shipped() -> Picture:
    """Return the picture of the shipped flow."""
    spec, _ = load((ROOT / "kefu.yaml").read_text(encoding="utf-8"), "kefu.yaml")
    assert spec is not None
    return picture_of(spec, "zh")
