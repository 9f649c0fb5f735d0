"""Parallel regions and ways back, as SCXML defines them, on whole conversations written by an operator."""

from appliance import inputs
from tests.flow.desks import Chat, graph_of_text, playbook, problems

BESIDE = """
    initial: 服务
    states:
      服务:
        parallel: true
        on: {done.服务: {to: 完}, 用户结束: {to: 完}, custom.out: {to: 歇}}
        states:
          对话:
            initial: 等客服
            states:
              等客服: {entry: [enqueue, auto_assign], on: {客服接入: {to: 接待}}}
              接待: {on: {客服结束: {to: 聊完}}}
              聊完: {final: true}
          计时:
            initial: 短
            states:
              短: {after: {10m: {to: 长}}, on: {客服接入: {action: {tag: 接了}}}}
              长: {entry: {tag: 长会话}, on: {用户发送消息: {to: 记完}}}
              记完: {final: true}
          回去: {history: deep}
      歇: {on: {用户发送消息: {to: 回去}}, after: {1h: {to: 完}}}
      完: {final: true}
"""


def chat() -> Chat:
    return Chat(graph_of_text(BESIDE))


def test_regions_run_side_by_side_and_each_hears_every_event() -> None:
    talk = chat()
    talk.open()
    assert talk.active == ("服务", "对话", "等客服", "计时", "短")
    talk.accept()
    assert talk.active == ("服务", "对话", "接待", "计时", "短")
    assert talk.snapshot is not None
    assert talk.snapshot.tags == ("接了",)
    assert talk.snapshot.held is not None
    assert talk.snapshot.held.state == "接待", "he is bound to the region that asked for him"
    assert talk.timer().snapshot.tags == ("接了", "长会话")
    assert talk.active == ("服务", "对话", "接待", "计时", "长")


def test_a_parallel_state_is_done_when_all_its_regions_are() -> None:
    talk = chat()
    talk.open()
    talk.accept()
    talk.put(inputs.AgentClosed("a", "x"))
    assert talk.active == ("服务", "对话", "聊完", "计时", "短")
    talk.timer()
    assert talk.say().snapshot.active == ("完",)


def test_each_region_keeps_the_time_of_its_own_states() -> None:
    talk = chat()
    talk.open()
    begun = talk.now
    talk.accept(after=5_000)
    assert talk.snapshot is not None
    assert talk.snapshot.entered == (begun, begun, begun + 5_000, begun, begun)


def test_the_way_back_leads_to_where_everybody_was() -> None:
    talk = chat()
    talk.open()
    talk.timer()
    talk.put(inputs.Custom("out"))
    assert talk.active == ("歇",)
    assert talk.snapshot is not None
    assert talk.snapshot.history == {"回去": ("等客服", "长")}
    assert talk.snapshot.waiting is None, "leaving undoes entering"
    assert talk.say().snapshot.active == ("服务", "对话", "等客服", "计时", "长")
    assert talk.snapshot.waiting is not None


def test_an_agent_who_is_lost_is_replaced_in_his_own_region() -> None:
    talk = chat()
    talk.open()
    talk.accept()
    talk.timer()
    talk.put(inputs.AgentLost("a"))
    assert talk.active == ("服务", "对话", "等客服", "计时", "长")
    assert talk.snapshot is not None
    assert talk.snapshot.waiting is not None
    assert talk.snapshot.waiting.asking


def test_a_shallow_way_back_begins_its_child_anew() -> None:
    flow = """
        initial: 外
        states:
          外:
            initial: 甲
            on: {custom.out: {to: 歇}, 用户结束: {to: 完}}
            states:
              甲: {on: {custom.go: {to: 乙二}}}
              乙: {initial: 乙一, states: {乙一: {}, 乙二: {}}}
              浅: {history: shallow, initial: 乙}
              深: {history: deep}
          歇: {on: {custom.shallow: {to: 浅}, custom.deep: {to: 深}, 用户结束: {to: 完}}}
          完: {final: true}
    """
    talk = Chat(graph_of_text(flow))
    talk.open()
    for event in ("go", "out"):
        talk.put(inputs.Custom(event))
    away = talk.snapshot
    assert talk.put(inputs.Custom("deep")).snapshot.active == ("外", "乙", "乙二")
    talk.snapshot = away
    assert talk.put(inputs.Custom("shallow")).snapshot.active == ("外", "乙", "乙一")


def test_the_first_time_a_way_back_leads_to_its_initial() -> None:
    flow = """
        initial: 歇
        states:
          外: {initial: 甲, on: {用户结束: {to: 完}}, states: {甲: {}, 乙: {}, 浅: {history: shallow, initial: 乙}, 深: {history: deep}}}
          歇: {on: {用户发送消息: {to: 浅}, 用户选菜单: {to: 深}, 用户结束: {to: 完}}}
          完: {final: true}
    """
    graph = graph_of_text(flow.replace("用户选菜单", "visitor.menu"))
    assert playbook(graph, "0s 用户发送消息 -> 歇\n1s 用户发送消息 -> 乙") == ""
    assert playbook(graph, "0s 用户发送消息 -> 歇\n1s visitor.menu x -> 甲") == ""


def test_the_shape_of_regions_is_checked() -> None:
    lost = """
        initial: 双
        states:
          双:
            parallel: true
            states:
              左: {initial: 左一, states: {左一: {}, 左二: {}}}
              右: {initial: 右一, states: {右一: {}}}
          完: {final: true}
    """
    assert [(each.code, each.message.en.split("'")[1]) for each in problems(lost)] == [
        ("K420", "左二"), ("K420", "完"), ("K421", "左一"), ("K421", "右一"),
    ]  # fmt: skip
    sound = lost.replace("左一: {}", "左一: {on: {用户发送消息: {to: 左二}}}").replace(
        "右一: {}", "右一: {on: {用户结束: {to: 完}}}"
    )
    assert problems(sound) == []
