"""Conversations, waits, agents: what managers ask about."""

from appliance.errors import Text
from appliance.figures import PATIENCE, SCORES
from appliance.telemetry.rows import Metric, Panel, ask, quantiles, rate, share_within

SERVICE: tuple[Metric, ...] = (
    Metric(
        "kefu_sessions",
        "gauge",
        Text("进行中的会话，按流程状态", "Open conversations, by state of the flow"),
        ("state",),
        (
            Panel(
                "service",
                Text("进行中的会话", "Open conversations"),
                "timeseries",
                (ask("sum by (state) (kefu_sessions{@})", "{{state}}"),),
                "short",
                Text(
                    "各会话停在 kefu.yaml 的哪个状态；并行区域各算一次。former 是旧流程里的状态。",
                    "The states of kefu.yaml that they are in, regions counted apart; former is a state of an older flow.",
                ),
            ),
        ),
    ),
    Metric(
        "kefu_sessions_started_total",
        "counter",
        Text("开始的会话，按最先进入的队列", "Conversations begun, by the queue that they stood in first"),
        ("queue",),
        (
            Panel(
                "service",
                Text("新会话", "New conversations"),
                "timeseries",
                (rate("kefu_sessions_started_total", "queue"),),
                "cps",
                Text(
                    "每秒开始的会话；none 是开始时还没有排队的。",
                    "Conversations begun a second; none stood in no queue when it began.",
                ),
            ),
        ),
    ),
    Metric(
        "kefu_sessions_ended_total",
        "counter",
        Text("结束的会话，按怎样结束", "Conversations ended, by how"),
        ("reason",),
        (
            Panel(
                "service",
                Text("结束的会话", "Ended conversations"),
                "timeseries",
                (rate("kefu_sessions_ended_total", "reason"),),
                "cps",
                Text(
                    "怎样结束的：visitor、agent、timer（超时）、left（访客走了）、flow（流程自己）。",
                    "Who ended it: visitor, agent, timer (a time ran out), left (the visitor has gone) or flow (by itself).",
                ),
            ),
        ),
    ),
    Metric(
        "kefu_session_wait_seconds",
        "histogram",
        Text("访客排队到有客服接待等了多久", "From standing in a queue until an agent had the conversation"),
        ("queue",),
        (
            Panel(
                "slo",
                Text("30 秒接起率", "Answered within 30 s"),
                "stat",
                (ask(share_within("kefu_session_wait_seconds", 30, "queue"), "{{queue}}"),),
                "percentunit",
                Text(
                    "有客服接待的访客里，30 秒之内接起的比例，按队列。",
                    "Of the visitors who were served, the share who had an agent within 30 seconds, by queue.",
                ),
            ),
            Panel(
                "service",
                Text("排队时长", "Waits"),
                "timeseries",
                quantiles("kefu_session_wait_seconds", 0.5, 0.9, by="queue"),
                "s",
                Text("接起之前等了多久，按队列。", "How long those waited who were served, by queue."),
            ),
        ),
        PATIENCE,
    ),
    Metric(
        "kefu_first_response_seconds",
        "histogram",
        Text(
            "访客第一句话到客服（人）第一句话",
            "From a visitor's first message to the first message of a human agent",
        ),
        ("queue",),
        (
            Panel(
                "slo",
                Text("3 分钟首次回复率", "First reply within 3 minutes"),
                "stat",
                (ask(share_within("kefu_first_response_seconds", 180, "queue"), "{{queue}}"),),
                "percentunit",
                Text(
                    "得到客服首次回复的会话里，3 分钟之内的比例，按队列。",
                    "Of the conversations that an agent replied to, the share within 3 minutes, by queue.",
                ),
            ),
            Panel(
                "service",
                Text("首次响应", "First response"),
                "timeseries",
                quantiles("kefu_first_response_seconds", 0.5, 0.9, by="queue"),
                "s",
                Text(
                    "从访客第一句话算起，到客服第一句话。",
                    "From a visitor's first message to an agent's first.",
                ),
            ),
        ),
        PATIENCE,
    ),
    Metric(
        "kefu_session_handle_seconds",
        "histogram",
        Text("客服接待一个会话用了多久", "How long an agent held a conversation"),
        ("queue",),
        (
            Panel(
                "service",
                Text("接待时长", "Handling time"),
                "timeseries",
                quantiles("kefu_session_handle_seconds", 0.5, 0.9, by="queue"),
                "s",
                Text("从接起到放下，按队列。", "From taking a conversation until letting it go, by queue."),
            ),
        ),
        PATIENCE,
    ),
    Metric(
        "kefu_queue_oldest_wait_seconds",
        "gauge",
        Text("队列里等得最久的访客已等多久", "How long the visitor has waited who waits longest in a queue"),
        ("queue",),
        (
            Panel(
                "service",
                Text("最久的等待", "Longest wait now"),
                "timeseries",
                (ask("max by (queue) (kefu_queue_oldest_wait_seconds{@})", "{{queue}}"),),
                "s",
                Text("没人排队时是 0。", "0 while nobody waits."),
            ),
        ),
    ),
    Metric(
        "kefu_flow_transitions_total",
        "counter",
        Text("流程的状态变化", "Changes of state in the flow"),
        ("from", "to"),
        (
            Panel(
                "service",
                Text("状态变化", "Changes of state"),
                "table",
                (
                    ask(
                        "sum by (from, to) (increase(kefu_flow_transitions_total{@}[$__range])) > 0",
                        "{{from}} → {{to}}",
                    ),
                ),
                "short",
                Text(
                    "所选时间内会话从哪个状态到了哪个状态；start 是刚开始。",
                    "From which state to which, in the chosen time; start is the beginning.",
                ),
            ),
        ),
    ),
    Metric(
        "kefu_flow_unhandled_total",
        "counter",
        Text("没有状态处理的事件", "Events that no state listened to"),
        ("state", "event"),
        (
            Panel(
                "service",
                Text("没人处理的事件", "Events nobody listened to"),
                "table",
                (
                    ask(
                        "topk(20, sum by (state, event) (increase(kefu_flow_unhandled_total{@}[$__range])))",
                        "{{state}} {{event}}",
                    ),
                ),
                "short",
                Text(
                    "多半是流程里漏写了一种情况；用 kefu explain 看那个会话。",
                    "Mostly a case that the flow forgot; see the conversation with kefu explain.",
                ),
            ),
        ),
    ),
    Metric(
        "kefu_routing_decisions_total",
        "counter",
        Text("分配决定，按策略和结果", "Decisions of the desk, by strategy and result"),
        ("strategy", "result"),
        (
            Panel(
                "service",
                Text("分配", "Routing"),
                "timeseries",
                (
                    ask(
                        "sum by (strategy, result) (rate(kefu_routing_decisions_total{@}[~]))",
                        "{{strategy}} {{result}}",
                    ),
                ),
                "cps",
                Text(
                    "result 是找到客服的规则，waits 是只能先等。",
                    "result is the rule that found the agent; waits means that nobody could be found yet.",
                ),
            ),
        ),
    ),
    Metric(
        "kefu_agents",
        "gauge",
        Text("客服人数，按状态", "Agents, by status"),
        ("state",),
        (
            Panel(
                "service",
                Text("客服", "Agents"),
                "timeseries",
                (ask("sum by (state) (kefu_agents{@})", "{{state}}"),),
                "short",
                Text("在线、忙碌、离开、离线各多少人。", "How many are ready, busy, away and offline."),
            ),
        ),
    ),
    Metric(
        "kefu_agent_capacity_slots",
        "gauge",
        Text(
            "在线客服能同时接待的会话数，按队列", "Conversations that ready agents may hold at once, by queue"
        ),
        ("queue",),
        (
            Panel(
                "service",
                Text("接待能力", "Capacity"),
                "timeseries",
                (
                    ask("max by (queue) (kefu_agent_capacity_slots{@})", "{{queue}} 上限", "{{queue}} slots"),
                    ask("sum by (queue) (kefu_agent_active_sessions{@})", "{{queue}} 在用", "{{queue}} used"),
                ),
                "short",
                Text(
                    "一个客服可以服务几个队列，所以各队列不能相加。",
                    "An agent may serve several queues, so the queues do not add up.",
                ),
            ),
        ),
    ),
    Metric(
        "kefu_agent_active_sessions",
        "gauge",
        Text("客服手上的会话，按队列", "Conversations that agents hold, by queue"),
        ("queue",),
        (
            Panel(
                "service",
                Text("接待占用率", "Occupancy"),
                "timeseries",
                (
                    ask(
                        "sum by (queue) (kefu_agent_active_sessions{@})"
                        " / clamp_min(sum by (queue) (kefu_agent_capacity_slots{@}), 1)",
                        "{{queue}}",
                    ),
                ),
                "percentunit",
                Text("长时间接近 100% 就该加人。", "Close to 100 % for long means that people are missing."),
            ),
        ),
    ),
    Metric(
        "kefu_csat_score",
        "histogram",
        Text("访客的评分（1 到 5）", "Ratings of visitors (1 to 5)"),
        (),
        (
            Panel(
                "service",
                Text("满意度", "Satisfaction"),
                "stat",
                (
                    ask(
                        "sum(increase(kefu_csat_score_sum{@}[$__range]))"
                        " / sum(increase(kefu_csat_score_count{@}[$__range]))",
                        "平均分",
                        "mean score",
                    ),
                ),
                "none",
                Text("所选时间内的平均评分。", "The mean rating in the chosen time."),
            ),
        ),
        SCORES,
    ),
)
