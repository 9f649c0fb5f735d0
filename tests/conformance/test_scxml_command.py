"""The adapter's command and what documents of no suite must get from it: a verdict, or an honest `unsupported`."""

import subprocess
import sys
from pathlib import Path

import pytest

from appliance.flow.plans import Configuration
from tests.conformance.scxml.events import matches
from tests.conformance.scxml.verdict import Verdict, judge

ENDS = '<final id="pass"/><final id="fail"/>'


def verdict(folder: Path, body: str, attributes: str = 'datamodel="ecmascript"') -> Verdict:
    """Judge a document."""
    path = folder / "document.scxml"
    path.write_text(
        f'<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" {attributes}>{body}{ENDS}</scxml>',
        "utf-8",
    )
    return judge(path)


@pytest.mark.parametrize(
    ("body", "code", "said"),
    [
        ('<state id="a"><transition target="pass"/></state>', 0, "pass\n"),
        ('<state id="a"><transition target="fail"/></state>', 1, "fail: rests in fail\n"),
        ('<state id="a"/>', 1, "fail: rests in a\n"),
        ('<state id="a"><invoke type="voice"/></state>', 3, "unsupported: invoking a voice\n"),
        ('<state id="a"><transition target="b"/></state>', 3, "unsupported: the document is rejected: the target b does not exist\n"),
    ],
)  # fmt: skip
def test_the_command(tmp_path: Path, body: str, code: int, said: str) -> None:
    path = tmp_path / "document.scxml"
    path.write_text(
        f'<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0">{body}{ENDS}</scxml>', "utf-8"
    )
    done = subprocess.run(
        [sys.executable, "-m", "tests.conformance.scxml", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (code, said, "")


def test_the_command_without_a_file() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.conformance.scxml"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "usage" in done.stderr


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "rejected"),
        ("<scxml", "rejected"),
        ("<html/>", "rejected: the root is <html>"),
        ('<scxml xmlns="http://www.w3.org/2005/07/scxml"/>', "rejected: a document without a state"),
        ('<scxml><state id="pass"/><state id="pass"/></scxml>', "rejected: two states"),
        ('<scxml initial="x"><state id="pass"/></scxml>', "rejected: the target x"),
        ('<scxml datamodel="xpath"><state id="pass"/></scxml>', "the data model xpath"),
        ("<scxml><state/></scxml>", "no state is called pass"),
        ('<scxml><state id="pass"><history id="h"/></state></scxml>', "without a default"),
        ('<scxml><script src="nowhere.js"/><state id="pass"/></scxml>', "rejected: the script nowhere.js"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_document(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "document.scxml"
    path.write_text(text, "utf-8")
    found = judge(path)
    assert found.word == "unsupported"
    assert reason in found.reason


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert judge(tmp_path / "nowhere.scxml").word == "unsupported"


@pytest.mark.parametrize(
    "content",
    [
        '<foo:bar xmlns:foo="urn:x"/>',
        '<send event="x" type="http://www.w3.org/TR/scxml/#BasicHTTPEventProcessor"/>',
        '<assign location="x" expr="new Date()"/>',
        "<script>label: for (;;) { break label }</script>",
        "<script>while (true) {}</script>",
        f'<assign location="x" expr="{"(" * 3_000}1{")" * 3_000}"/>',
    ],
)
def test_what_is_beyond_us_is_never_a_verdict(tmp_path: Path, content: str) -> None:
    body = f'<datamodel><data id="x"/></datamodel><state id="a"><onentry>{content}</onentry><transition target="pass"/></state>'
    assert verdict(tmp_path, body).word == "unsupported"


@pytest.mark.parametrize(
    "body",
    [
        '<state id="a"><transition target="b"/></state><state id="b"><transition target="a"/></state>',
        '<state id="a"><onentry><send event="e"/></onentry><transition event="e" target="a"/></state>',
        '<state id="a"><onentry><raise event="e"/></onentry><transition event="e" target="a"/></state>',
    ],
)
def test_a_document_that_never_rests_gets_no_verdict(tmp_path: Path, body: str) -> None:
    found = verdict(tmp_path, body)
    assert found.word == "unsupported"
    assert "rest" in found.reason


def test_a_core_that_breaks_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A crash is no `unsupported`: it would hide what the suite is there to find."""
    monkeypatch.setattr(Configuration, "plan", lambda self, transitions, history: 1 / 0)
    found = verdict(tmp_path, '<state id="a"><transition target="pass"/></state>')
    assert found[:2] == ("fail", "broke: ZeroDivisionError: division by zero")


PASSING = {
    "an hour on the clock": """
        <state id="a"><onentry><send event="e" delay="3600s"/></onentry><transition event="e" target="pass"/></state>""",
    "a send taken back": """
        <state id="a"><onentry><send event="e" id="one" delay="10ms"/><send event="f" delay="20ms"/><cancel sendid="one"/></onentry>
        <transition event="e" target="fail"/><transition event="f" target="pass"/></state>""",
    "due order, then the order in which they were sent": """
        <datamodel><data id="order" expr="''"/></datamodel>
        <state id="a"><onentry><send event="x.2" delay="2s"/><send event="x.1" delay="1s"/><send event="x.3" delay="2s"/></onentry>
        <transition event="x"><assign location="order" expr="order + _event.name"/></transition>
        <transition cond="order == 'x.1x.2x.3'" target="pass"/></state>""",
    "an error stops its handler and no other": """
        <datamodel><data id="x" expr="0"/></datamodel>
        <state id="a"><onentry><assign location="x" expr="nothing"/><assign location="x" expr="5"/></onentry>
        <onentry><assign location="x" expr="x + 1"/></onentry>
        <transition event="error.execution" cond="x == 1" target="pass"/><transition event="*" target="fail"/></state>""",
    "system variables": """
        <state id="a"><onentry><assign location="_event.name" expr="1"/></onentry>
        <transition event="error.execution" target="b"/></state>
        <state id="b"><onentry><script>_sessionid = 'x'</script></onentry><transition event="error.execution" target="pass"/></state>""",
    "a child is asked, answers and ends": """
        <state id="a"><invoke id="kid"><param name="given" expr="20"/><content><scxml datamodel="ecmascript">
        <datamodel><data id="given"/></datamodel>
        <state id="c"><transition event="ask" target="d"><send target="#_parent" event="answer"><param name="n" expr="given + _event.data.n"/></send>
        </transition></state><final id="d"><donedata><content expr="given * 2"/></donedata></final></scxml></content></invoke>
        <onentry><send event="go" delay="1s"/></onentry>
        <transition event="go"><send target="#_kid" event="ask"><param name="n" expr="1"/></send></transition>
        <transition event="answer" cond="_event.data.n == 21 &amp;&amp; _event.invokeid == 'kid'" target="b"/></state>
        <state id="b"><transition event="done.invoke.kid" cond="_event.data == 40" target="pass"/><transition event="*" target="fail"/></state>""",
    "what a child says when it is done": """
        <state id="a"><invoke id="kid"><content><scxml datamodel="ecmascript"><final id="d"><donedata><content expr="[1, {a: 2}]"/>
        </donedata></final></scxml></content></invoke>
        <transition event="done.invoke.kid" cond="_event.data[1].a == 2" target="pass"/><transition event="*" target="fail"/></state>""",
    "what one session sends, another cannot change": """
        <datamodel><data id="x" expr="({a: 1})"/></datamodel>
        <state id="a"><onentry><send event="e"><content expr="x"/></send><assign location="x.a" expr="2"/></onentry>
        <transition event="e" cond="_event.data.a == 1" target="pass"/><transition event="e" target="fail"/></state>""",
    "nobody there": """
        <state id="a"><onentry><send event="e" target="#_kid" id="x"/></onentry>
        <transition event="error.communication" cond="_event.sendid == 'x'" target="pass"/><transition event="*" target="fail"/></state>""",
    "a child of another data model": """
        <state id="a"><invoke><content><scxml datamodel="python"><state id="b"><onentry><send event="e" target="#_parent">
        <param name="n" expr="[None, True, 'x' * 2]"/></send></onentry></state></scxml></content></invoke>
        <transition event="e" cond="_event.data.n[0] === null &amp;&amp; _event.data.n[2] === 'xx'" target="pass"/>
        <transition event="*" target="fail"/></state>""",
    "states without names": """
        <state><parallel><state><transition target="pass" event="done.state"/></state><state><transition event="e"/></state></parallel>
        <transition target="pass"/></state>""",
    "several initial states": """
        <state id="a" initial="d f"><parallel id="b"><state id="c"><state id="x"/><state id="d"/></state>
        <state id="e"><state id="y"/><state id="f"/></state></parallel>
        <transition cond="In('d') &amp;&amp; In('f') &amp;&amp; !In('x')" target="pass"/></state>""",
}


@pytest.mark.parametrize("name", PASSING)
def test_documents_that_pass(tmp_path: Path, name: str) -> None:
    found = verdict(tmp_path, PASSING[name])
    assert found.word == "pass", (found.reason, found.log)


@pytest.mark.parametrize(
    ("descriptor", "name", "wanted"),
    [
        ("a", "a", True), ("a", "a.b", True), ("a", "ab", False), ("a.b", "a", False), ("a.*", "a.b.c", True), ("a.*", "a", True),
        ("a.", "a.b", True), ("*", "a", True), ("error", "error.execution", True), ("error.e", "error.execution", False),
    ],
)  # fmt: skip
def test_descriptors(descriptor: str, name: str, wanted: bool) -> None:
    assert matches(descriptor, name) is wanted
