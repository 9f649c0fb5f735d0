"""YAML with positions, read so that it means what an operator reads, and so that no file can harm the reader.

PyYAML's parser (the pure one: the C one gives no place for a syntax error) delivers events; this module builds the
tree itself, with a stack of its own, so that depth is bounded, keys stay text, a duplicate key is an error and not
the last one wins, and anchors, merges and tags are refused instead of walked.
"""

import codecs
import re
import unicodedata
from typing import Final

import yaml

from appliance.config.diagnostics import NOWHERE, Diagnostics, Span, quoted
from appliance.config.nodes import Entry, Mapping, Node, Scalar, Sequence
from appliance.config.scalars import core_value
from appliance.config.syntax import explain, refuse_bang
from appliance.errors import Text

LARGEST: Final = 1024 * 1024
"""Characters in a configuration file: two hundred and fifty times the shipped one, some thousands of states."""

DEEPEST: Final = 32
"""Levels of nesting: about twelve states within states."""

_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_UNSOUND_VALUE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x85\u2028\u2029\ud800-\udfff]")


def decode(data: bytes, file: str) -> tuple[str, Diagnostics]:
    """Return the text of a file's bytes, and what is wrong with them.  A byte-order mark is taken off."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        found = Diagnostics(file)
        message = Text("文件是 UTF-16 编码", "the file is encoded in UTF-16")
        found.error("K101", "$", Span(1, 1, 1, 2), message, _SAVE_AS_UTF8)
        return "", found
    data = data.removeprefix(codecs.BOM_UTF8)
    if len(data) > LARGEST * 4:
        # Too large whatever it holds: no more is decoded than `parse` needs to see that and say so.
        return data[: LARGEST * 4].decode(errors="replace"), Diagnostics(file)
    try:
        return data.decode(), Diagnostics(file)
    except UnicodeDecodeError as error:
        text = data.decode(errors="replace")
        found = Diagnostics(file, text)
        before = data[: error.start].decode(errors="replace")
        line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
        message = Text("这里不是 UTF-8 文字", "these bytes are not UTF-8")
        found.error("K101", "$", Span(line, column, line, column + 1), message, _SAVE_AS_UTF8)
        return text, found


def parse(text: str, found: Diagnostics) -> Mapping | None:
    """Return the tree of a YAML text, adding every problem to `found`; None when there is no tree to go on with."""
    text = text.removeprefix("\ufeff")
    if len(text) > LARGEST:
        message = Text(f"文件超过 {LARGEST // 1024} KiB", f"the file is larger than {LARGEST // 1024} KiB")
        remedy = Text(
            "配置文件通常只有几 KiB；是不是选错了文件？",
            "a configuration has a few KiB; is this the right file?",
        )
        found.error("K102", "$", Span(1, 1, 1, 2), message, remedy)
        return None
    if _refuse_unprintable(text, found):
        return None
    loader = yaml.SafeLoader(text)
    builder = _Builder(text, found)
    try:
        while builder.going and not found.full and loader.check_event():
            builder.take(_next_event(loader))
    except yaml.YAMLError as error:
        explain(error, text, found)
        return None
    except (ValueError, OverflowError):
        # An escape such as "\UFFFFFFFF" names no character; PyYAML passes on what chr() says of it.
        mark = loader.get_mark()
        at = Span(mark.line + 1, mark.column + 1, mark.line + 1, mark.column + 2)
        found.error("K104", "$", at, Text("这个转义不是字符", "this escape is no character"))
        return None
    finally:
        loader.dispose()
    return builder.result()


def _next_event(loader: yaml.SafeLoader) -> yaml.Event:
    event: yaml.Event = loader.get_event()  # type: ignore[no-untyped-call]  # types-PyYAML leaves it bare
    return event


def _refuse_unprintable(text: str, found: Diagnostics) -> bool:
    """Report every line that holds a character no configuration needs and no terminal should print."""
    bad = list(_UNPRINTABLE.finditer(text))[:20]
    for match in bad:
        start = match.start()
        line = text.count("\n", 0, start) + 1
        column = start - (text.rfind("\n", 0, start) + 1) + 1
        code = f"U+{ord(match[0]):04X}"
        message = Text(f"看不见的控制字符 {code}", f"invisible control character {code}")
        found.error("K103", "$", Span(line, column, line, column + 1), message, Text("删掉它", "delete it"))
    return bool(bad)


class _Open:
    """A collection whose end has not come yet."""

    def __init__(self, start: Span, mapping: bool) -> None:
        self.start = start
        self.mapping = mapping
        self.entries: dict[str, Entry] = {}
        self.items: list[Node] = []
        self.key: tuple[str, Span] | None = None


class _Builder:
    """Builds the tree from parser events.  `going` turns false when the rest of the text is of no use."""

    def __init__(self, text: str, found: Diagnostics) -> None:
        self._lines = text.split("\n")
        self._found = found
        self._stack: list[_Open] = []
        self._root: Node | None = None
        self._documents = 0
        self.going = True

    def result(self) -> Mapping | None:
        """Return the tree if its top is a mapping."""
        if isinstance(self._root, Mapping):
            return self._root
        if not self._found.failed:
            message = Text("文件里没有设置", "the file holds no settings")
            remedy = Text("至少要有 kefu: 1 和 flows:", "it needs at least kefu: 1 and flows:")
            self._found.error("K114", "$", Span(1, 1, 1, 2), message, remedy)
        return None

    def take(self, event: yaml.Event) -> None:
        """Take the next event of the parser."""
        at = _span(event)
        match event:
            case yaml.DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    message = Text("文件里有第二个文档（---）", "a second document (---) begins here")
                    self._found.error(
                        "K112", "$", at, message, Text("只写一个文档", "write one document only")
                    )
                    self.going = False
            case yaml.AliasEvent():
                self._refuse_anchor(at)
                self._put(_blank(at))
            case yaml.ScalarEvent():
                self._put(self._scalar(event, at))
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                self._begin(event, at)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._end(at)
            case _:
                pass

    def _begin(self, event: yaml.CollectionStartEvent, at: Span) -> None:
        if event.anchor is not None:
            self._refuse_anchor(at)
        if event.tag is not None:
            self._refuse_tag(at)
        parent = self._stack[-1] if self._stack else None
        if len(self._stack) >= DEEPEST:
            message = Text(f"嵌套超过 {DEEPEST} 层", f"nested more than {DEEPEST} levels deep")
            self._found.error("K111", "$", at, message)
            self.going = False
        elif parent and parent.mapping and parent.key is None:
            message = Text("键必须是一个词", "a key must be a single word")
            remedy = Text("以 { 或 [ 开头的文字要加引号", "put quotes around text that begins with { or [")
            self._found.error("K113", "$", at, message, remedy)
            self.going = False
        self._stack.append(_Open(at, isinstance(event, yaml.MappingStartEvent)))

    def _end(self, at: Span) -> None:
        done = self._stack.pop()
        whole = Span(done.start.line, done.start.column, at.end_line, at.end_column)
        if done.mapping:
            self._put(Mapping(tuple(done.entries.values()), whole))
        else:
            self._put(Sequence(tuple(done.items), whole))

    def _scalar(self, event: yaml.ScalarEvent, at: Span) -> Scalar:
        if event.anchor is not None:
            self._refuse_anchor(at)
        text = unicodedata.normalize("NFC", event.value)
        if event.tag is not None:
            text = self._written(at) or text
            self._refuse_tag(at)
        elif bad := _UNSOUND_VALUE.search(text):
            code = f"U+{ord(bad[0]):04X}"
            message = Text(f"文字里有控制字符 {code}", f"the text holds the control character {code}")
            self._found.error("K103", "$", at, message, Text("删掉这个转义", "delete the escape"))
            text = _UNSOUND_VALUE.sub("", text)
        quotes = event.style in ("'", '"')
        inner = Span(at.line, at.column + 1, at.end_line, at.end_column - 1) if quotes else at
        if event.style in ("|", ">"):
            # The text of a block begins on the line below its sign.
            inner = Span(at.line + 1, 1, at.end_line, at.end_column)
        value = core_value(text) if event.style is None and event.tag is None else text
        return Scalar(value, text, at, inner)

    def _put(self, node: Node) -> None:
        if not self._stack:
            self._root = node if self._root is None else self._root
            return
        parent = self._stack[-1]
        if not parent.mapping:
            parent.items.append(node)
        elif parent.key is None:
            parent.key = (node.text if isinstance(node, Scalar) else "", node.at)
        else:
            (key, key_at), parent.key = parent.key, None
            self._enter(parent, Entry(key, key_at, node))

    def _enter(self, parent: _Open, entry: Entry) -> None:
        first = parent.entries.get(entry.key)
        if entry.key == "<<":
            message = Text("这里不能用合并 <<", "merge keys (<<) are refused")
            self._found.error("K110", "$", entry.key_at, message, Text("把内容写全", "write the content out"))
        elif first is not None:
            name, line = quoted(entry.key), first.key_at.line
            message = Text(
                f"{name.zh}写了两次，第一次在第 {line} 行",
                f"{name.en} is written twice, first on line {line}",
            )
            self._found.error("K106", "$", entry.key_at, message, Text("留一个", "keep one of them"))
        else:
            parent.entries[entry.key] = entry

    def _refuse_anchor(self, at: Span) -> None:
        message = Text("这里不能用锚点 & 和引用 *", "anchors (&) and aliases (*) are refused")
        remedy = Text("写全；如果是文字，加引号", "write it out; put quotes around it if it is text")
        self._found.error("K107", "$", at, message, remedy)

    def _refuse_tag(self, at: Span) -> None:
        written = self._written(at)
        if written.startswith("!") and not written.startswith(("!!", "!<")):
            refuse_bang(self._found, at)
            return
        message = Text("这里不能用标签 !!", "tags (!!) are refused")
        self._found.error("K108", "$", at, message, Text("删掉它", "delete it"))

    def _written(self, at: Span) -> str:
        """Return the text at a span of one line as it stands in the file."""
        line = self._lines[at.line - 1] if at.line else ""
        return line[at.column - 1 : at.end_column - 1 if at.end_line == at.line else None].rstrip(" ,]}")


_SAVE_AS_UTF8 = Text("用编辑器另存为 UTF-8", "save it as UTF-8 in your editor")


def _blank(at: Span) -> Scalar:
    return Scalar(None, "", at, at)


def _span(event: yaml.Event) -> Span:
    start, end = event.start_mark, event.end_mark
    if start is None or end is None:
        return NOWHERE
    return Span(start.line + 1, start.column + 1, end.line + 1, end.column + 1)
