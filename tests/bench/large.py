"""A kefu.yaml of thousands of lines, as a large house would grow it: one desk after the other, each with its queue."""

_HEAD = """\
kefu: 1
vip: visitor.level >= 3
queues:
{queues}
  其他: {{}}
flows:
  main:
    initial: 分派
    on_error: 留言
    states:
      分派:
        always:
{ways}
          - {{to: 办理{last}}}
"""
_DESK = """\
      办理{n}:
        initial: 等待{n}
        entry: enqueue
        on:
          用户结束: {{to: 完}}
        after:
          5m: {{to: 留言}}
        states:
          等待{n}:
            on:
              用户发送消息:
                - {{to: 分配{n}, when: vip, action: auto_assign}}
                - to: 分配{n}
                  when: time > 10s && queue.length < {most}
                  action: auto_assign
            after:
              20s: {{to: 分配{n}, action: auto_assign}}
          分配{n}:
            on:
              客服接入: {{to: 人工{n}}}
              无人可派: {{to: 留言}}
          人工{n}:
            on:
              客服结束: {{to: 完}}
              客服掉线:
                to: 分配{n}
                action: [auto_assign, {{say: 重新排队}}]
              用户发送消息:
                action: {{remind: 客服}}
            after:
              3m: {{to: 完}}
"""
_TAIL = """\
      留言:
        entry: [enqueue, auto_assign, offline_form]
        on: {客服接入: {to: 完}, 客服结束: {to: 完}}
      完: {final: true}
messages:
  重新排队: 请稍等
tests:
  - {name: 第一组, given: {营业中: true}, steps: [0s 用户发送消息 -> 等待0, 20s -> 分配0]}
"""
QUEUES = 40
"""However many desks: a configuration may have no more than so many queues."""


def large(desks: int) -> str:
    """Return a configuration without faults, with 4 states and 32 lines for each of `desks` (at least 2)."""
    queues = "\n".join(f"  组{n}: {{when: visitor.level == {n}}}" for n in range(QUEUES))
    ways = "\n".join(f"          - {{to: 办理{n}, when: visitor.level == {n}}}" for n in range(desks - 1))
    body = "".join(_DESK.format(n=n, most=5 + n % 90) for n in range(desks))
    return _HEAD.format(queues=queues, ways=ways, last=desks - 1) + body + _TAIL
