"""Why a store refuses, in words that every backend shares: the contract names the refusals, not the database."""

from appliance.errors import Conflict, StoreError, Text

ALREADY_OPEN = Text("该访客已有一个未结束的会话。", "The visitor has another open conversation.")
ID_TAKEN = Text("会话编号已被使用。", "A conversation of this id exists already.")
CID_USED = Text("该发送者已用过这个消息编号。", "The sender has used this client id before.")
SEQ_TAKEN = Text("该序号已被写入。", "This seq of the conversation is already taken.")
LOGIN_TAKEN = Text("该登录名属于另一位客服。", "The login name belongs to another agent.")

_REMEDIES = {
    LOGIN_TAKEN: Text("请换一个登录名。", "Choose another login name."),
}
_LOAD_AGAIN = Text("请重新加载该会话后再试。", "Load the conversation again, then decide anew.")


def conflict(cause: Text) -> Conflict:
    """Return the Conflict with one of the causes above and its remedy."""
    return Conflict(cause, _REMEDIES.get(cause, _LOAD_AGAIN))


def out_of_sequence(conversation: str, seq: int, head: int) -> Conflict:
    """Return the Conflict of an entry `seq` that does not follow the last stored one, `head`."""
    return conflict(
        Text(
            f"会话 {conversation} 的记录序号 {seq} 不接续已存的 {head}。",
            f"Entry {seq} of conversation {conversation} does not follow the stored entry {head}.",
        )
    )


def malformed(reason: str) -> StoreError:
    """Return the error of something that no store could keep: the caller made it wrongly."""
    return StoreError(
        Text(f"数据无法存储：{reason}。", f"This cannot be stored: {reason}."),
        Text(
            "这是程序缺陷，请附上日志报告。",
            "This is a defect of the program: please report it with the log.",
        ),
    )


def closed() -> StoreError:
    """Return the error of a call that came after close()."""
    return StoreError(
        Text("存储已关闭。", "The store is closed."),
        Text("请在 kefu 重新启动后再试。", "Try again when kefu has started again."),
    )
