"""The built-in words of kefu.yaml, each with its Chinese and its English name.

The checker, the schema, the compiler and the console must know the same words; they all read this table, and
nothing else, so that a new event, variable or action is one row here.  `canonical_event` and
`canonical_variable` turn either name into the English one, the only form that leaves floor 1.
"""

from collections.abc import Iterable, Mapping
from typing import Literal, TypeVar

from msgspec import Struct

from appliance.errors import Text

Type = Literal["bool", "number", "string", "duration", "percent", "list", "any"]
"""Types of the guard language: duration is int milliseconds, percent a float 0..1, list a list of strings."""

Subject = Literal["visitor", "conversation", "event", "queue", "desk", "machine"]
"""Whom a variable tells of.  A guard may read only what exists where it stands: see `VISIBLE`."""


class Word(Struct, frozen=True):
    """A built-in name: `name` is canonical (English), `zh` its twin, `about` one sentence for editors."""

    name: str
    zh: str
    about: Text


class Variable(Word, frozen=True):
    """A name that guards may read.

    `fact` says that the value comes from outside the conversation (clock, desk, machine) and must be recorded
    with the input that read it; the other values follow from the snapshot and the event alone.
    """

    type: Type
    of: Subject
    fact: bool = False


class Parameter(Struct, frozen=True):
    """One argument of an action.  `refers` names the section of kefu.yaml whose names it takes."""

    name: str
    type: Type
    required: bool = False
    refers: Literal["", "messages", "queues"] = ""
    choices: tuple[str, ...] = ()


class ActionWord(Word, frozen=True):
    """An action.  `main` is the parameter a bare value fills: `say: 欢迎语` is `say: {message: 欢迎语}`.

    `free` allows arguments beyond `parameters` (names of flow variables for `set`).  `later` marks an action
    that this release does not have yet: writing it is an error, never silently ignored.
    """

    parameters: tuple[Parameter, ...] = ()
    main: str = ""
    free: bool = False
    later: bool = False


W = TypeVar("W", bound=Word)

EVENTS: tuple[Word, ...] = (
    Word("visitor.message", "用户发送消息", Text("访客发来一条消息", "The visitor sent a message")),
    Word("visitor.close", "用户结束", Text("访客点了「结束」", 'The visitor clicked "end"')),
    Word("visitor.left", "用户离开", Text("访客的网页都关了", "No page of the visitor is open any more")),
    Word("visitor.ask_human", "请求人工", Text("访客要求人工客服", "The visitor asked for a human")),
    Word("visitor.rated", "已评价", Text("访客提交了评价", "The visitor gave a rating")),
    Word("visitor.menu", "选择菜单", Text("访客点了菜单里的一项", "The visitor chose an item of the menu")),
    Word("agent.accept", "客服接入", Text("客服接下了这个会话", "An agent took the conversation")),
    Word("agent.message", "客服发送消息", Text("客服发来一条消息", "The agent sent a message")),
    Word("agent.close", "客服结束", Text("客服结束了会话", "The agent closed the conversation")),
    Word(
        "agent.transfer", "客服转接", Text("客服转给别人或别的组", "The agent transferred the conversation")
    ),
    Word(
        "agent.lost",
        "客服掉线",
        Text("客服断线，没有按时回来", "The agent went offline and did not come back"),
    ),
    Word("assign.none", "无人可派", Text("这个组现在没有客服在线", "No agent of the queue is signed in")),
    Word("ai.answer", "AI答复", Text("AI 给出了答复", "The AI answered")),
    Word("ai.failed", "AI失败", Text("AI 出错或超时", "The AI failed or took too long")),
    Word(
        "error.guard",
        "条件出错",
        Text("有个条件算不出来，按不成立处理", "A guard failed and counted as false"),
    ),
)

# fmt: off
# A table is read by row and by column; the formatter would spread one row over eight lines.
_V = Variable
VARIABLES: tuple[Variable, ...] = (
    _V("time", "状态时长", Text("进入本状态以来的时间", "Time since this state was entered"),
       "duration", "conversation"),
    _V("session.time", "会话时长", Text("会话开始以来的时间", "Time since the conversation began"),
       "duration", "conversation"),
    _V("vip", "是VIP", Text("符合文件里 vip 一行的访客", "The visitor fits the vip line of this file"),
       "bool", "conversation"),
    _V("visitor.level", "访客等级", Text("网站签名的等级，没有签名为 0", "Level signed by the site; 0 unsigned"),
       "number", "visitor"),
    _V("visitor.tags", "访客标签", Text("主管给访客打的标签", "Tags that staff gave the visitor"), "list", "visitor"),
    _V("visitor.signed", "身份已验证", Text("网站签过名的身份", "The site signed the identity"), "bool", "visitor"),
    _V("visitor.channel", "访客渠道", Text("从哪个渠道来", "The channel the visitor came by"), "string", "visitor"),
    _V("visitor.lang", "访客语言", Text("浏览器语言，例如 zh", "Language of the browser, e.g. en"), "string", "visitor"),
    _V("visitor.page", "访客页面", Text("访客所在网页的地址", "Address of the visitor's page"), "string", "visitor"),
    _V("menu", "菜单", Text("访客选的菜单项，没选为空", "Menu item chosen; empty if none"), "string", "conversation"),
    _V("served", "服务过", Text("有客服接待过这个会话", "An agent has served it"), "bool", "conversation"),
    _V("tags", "会话标签", Text("这个会话的标签", "Tags of this conversation"), "list", "conversation"),
    _V("priority", "优先级", Text("这个会话的优先级", "Priority of the conversation"), "number", "conversation"),
    _V("transfers", "转接次数", Text("已经转接了几次", "How often it was transferred"), "number", "conversation"),
    _V("queue.name", "排队组", Text("正在排的组，没排为空", "Queue it waits in; or empty"), "string", "conversation"),
    _V("queue.wait", "排队时长", Text("已经排了多久", "How long it has waited"), "duration", "queue", True),
    _V("queue.position", "排队位置", Text("排在第几位，从 1 起", "Place in the queue, from 1"), "number", "queue", True),
    _V("queue.length", "排队人数", Text("组里有几个人在排", "How many wait in the queue"), "number", "desk", True),
    _V("queue.oldest", "最长等待", Text("排得最久的人等了多久", "Longest wait in a queue"), "duration", "desk", True),
    _V("agents.ready", "就绪客服", Text("几位客服就绪", "How many agents are ready"), "number", "desk", True),
    _V("hours.open", "营业中", Text("现在是营业时间", "It is within opening hours"), "bool", "desk", True),
    _V("ai.on", "AI开启", Text("AI 已开启并可用", "The AI is on and usable"), "bool", "machine", True),
    _V("load", "负载", Text("机器负载，0% 到 100%", "Load of the machine, 0% to 100%"), "percent", "machine", True),
    _V("tier", "降级档", Text("降级到第几档，0 为正常", "Degradation tier, 0 is normal"), "number", "machine", True),
    _V("ai.confidence", "AI把握", Text("没给算 100%", "Confidence of the AI, 100% if absent"), "percent", "event"),
    _V("event.text", "消息内容", Text("这条消息的文字", "Text of this message"), "string", "event"),
    _V("event.score", "评分", Text("评价的分数，1 到 5", "Score of the rating, 1 to 5"), "number", "event"),
    _V("event.agent", "事件客服", Text("事件里的客服", "The agent in this event"), "string", "event"),
    _V("event.reason", "失败原因", Text("失败的原因", "Why it failed"), "string", "event"),
)

_A = ActionWord
ACTIONS: tuple[ActionWord, ...] = (
    _A("say", "发送", Text("把 messages 里的一条发给访客", "Send one of messages to the visitor"),
       (Parameter("message", "string", True, "messages"),), "message"),
    _A("remind", "提醒", Text("提醒客服有人在等", "Remind the agent that a visitor waits"),
       (Parameter("who", "string", choices=("agent", "客服")),), "who"),
    _A("enqueue", "进入排队", Text("进组排队，不写就按 queues 选", "Join a queue; if not named, by the queues' rules"),
       (Parameter("queue", "string", refers="queues"),), "queue"),
    _A("dequeue", "退出排队", Text("离开排队", "Leave the queue")),
    _A("auto_assign", "自动分配", Text("从现在起要一位客服", "Ask for an agent from now on")),
    _A("transfer", "转到组", Text("转到另一个组排队", "Move to another queue"),
       (Parameter("queue", "string", True, "queues"),), "queue"),
    _A("ask_ai", "问AI", Text("把问题交给 AI", "Ask the AI")),
    _A("reply_ai", "用AI答复", Text("把 AI 的答复发给访客", "Send the AI's answer to the visitor")),
    _A("ask_rating", "请求评价", Text("请访客评价", "Ask the visitor for a rating")),
    _A("save_rating", "保存评价", Text("记下访客的评价", "Keep the visitor's rating")),
    _A("offline_form", "留言表单", Text("给访客留言表单", "Show the visitor the form for offline messages")),
    _A("set", "设变量", Text("设流程变量，例如 set: {次数: 1}", "Set variables of the flow"), free=True),
    _A("tag", "打标签", Text("给会话打标签", "Tag the conversation"), (Parameter("tag", "string", True),), "tag"),
    _A("note", "写备注", Text("写一条只有客服看得到的备注", "Write a note that only staff see"),
       (Parameter("text", "string", True),), "text"),
    _A("priority", "设优先级", Text("设优先级，大的在前", "Set the priority, larger first"),
       (Parameter("level", "number", True),), "level"),
    _A("close", "结束会话", Text("结束会话", "Close the conversation")),
    _A("webhook", "网络回调", Text("通知外部系统", "Notify an outside system"),
       (Parameter("url", "string", True),), "url", later=True),
)

THRESHOLD_ACTIONS: tuple[ActionWord, ...] = (
    _A("read_receipts_off", "暂停已读回执",
       Text("第一档：暂停已读回执和正在输入", "Tier 1: read receipts held, typing off")),
    _A("delay_push", "延迟推送", Text("第二档：推迟给非 VIP 访客的推送", "Tier 2: pushes to non-VIP visitors wait"),
       (Parameter("by", "duration"),), "by"),
    _A("simple_protocol", "精简协议",
       Text("第三档：精简协议，暂不接新访客", "Tier 3: simple protocol, no new visitors")),
)
# fmt: on

# What the texts of messages may name; the appliance fills in strings.
TEMPLATE_VARIABLES: tuple[Word, ...] = (
    Word("site.name", "站点名", Text("站点的名字", "Name of the site")),
    Word("visitor.name", "访客名", Text("访客的名字", "Name of the visitor")),
    Word("agent.name", "客服名", Text("接待的客服的名字", "Name of the agent in charge")),
    Word("queue.name", "排队组", Text("正在排的组", "The queue the visitor waits in")),
    Word("hours.next_open", "下次营业", Text("下次营业的时间", "When the desk opens next")),
)

_EVERY: frozenset[Subject] = frozenset(("visitor", "conversation", "event", "queue", "desk", "machine"))
VISIBLE: Mapping[str, frozenset[Subject]] = {
    "vip": frozenset(("visitor",)),
    "queues": frozenset(("visitor", "conversation", "desk", "machine")),
    "flows": _EVERY,
    "alerts": frozenset(("desk", "machine")),
    "thresholds": frozenset(("machine",)),
}
"""Which subjects a guard may read, by the section of kefu.yaml it stands in."""

CUSTOM_EVENT = "custom."
"""Events with this prefix come from the API; every name after it is allowed."""

DONE_EVENT = "done."
"""done.PARENT: a final child of the state PARENT was entered."""


def by_every_name(words: Iterable[W]) -> dict[str, W]:
    """Map both names of each word to the word."""
    return {name: word for word in words for name in (word.name, word.zh)}


EVENT_NAMES: Mapping[str, Word] = by_every_name(EVENTS)
VARIABLE_NAMES: Mapping[str, Variable] = by_every_name(VARIABLES)
ACTION_NAMES: Mapping[str, ActionWord] = by_every_name(ACTIONS)
THRESHOLD_NAMES: Mapping[str, ActionWord] = by_every_name(THRESHOLD_ACTIONS)


def canonical_event(name: str) -> str | None:
    """Return the canonical event for either of its names, custom.* and done.* as they are, None for an unknown word."""
    if any(name.startswith(prefix) and name != prefix for prefix in (CUSTOM_EVENT, DONE_EVENT)):
        return name
    word = EVENT_NAMES.get(name)
    return word.name if word else None


def is_internal(event: str) -> bool:
    """Whether a flow tells itself of this canonical event: nobody outside can raise it."""
    return event == "error.guard" or event.startswith(DONE_EVENT)


def canonical_variable(name: str) -> str | None:
    """Return the canonical variable for either of its names, None for an unknown word."""
    word = VARIABLE_NAMES.get(name)
    return word.name if word else None
