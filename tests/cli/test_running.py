"""What is said when the appliance refuses a file, or when there is no appliance."""

import io
import json

import pytest

from appliance.cli.console import Console
from appliance.cli.running import asked, readable, refused
from appliance.errors import StartError

GOOD = b"kefu: 1\nflows: {main: {initial: a, states: {a: {final: true}}}}\n"
PROBLEM = {
    "file": "k.yaml",
    "line": 3,
    "severity": "error",
    "code": "K603",
    "message": {"zh": "没有设", "en": "not set"},
    "hint": {"zh": "设好它", "en": "set it"},
}


def console(as_json: bool = False) -> Console:
    return Console("en", as_json, io.StringIO(), io.StringIO())


def said(here: Console) -> str:
    assert isinstance(here.out, io.StringIO)
    return here.out.getvalue()


def test_nobody_there(tmp_path: object) -> None:
    with pytest.raises(StartError, match="No kefu runs on"):
        asked(f"{tmp_path}/none", "GET", "/admin/config")


def test_a_problem_that_only_the_appliance_sees_is_shown_as_it_said_it() -> None:
    here = console()
    assert refused({"ok": False, "problems": [PROBLEM]}, GOOD, "k.yaml", here)
    assert said(here) == "k.yaml:3: error[K603]: not set\n      = set it\nWhat runs was not changed.\n"


def test_problems_of_the_text_are_shown_with_their_lines() -> None:
    here = console()
    assert refused(
        {"ok": False, "problems": [PROBLEM]}, GOOD.replace(b"initial: a", b"initial: b"), "k.yaml", here
    )
    assert "^" in said(here)


def test_programs_get_the_answer_itself() -> None:
    here = console(as_json=True)
    answer = {"ok": False, "problems": [PROBLEM]}
    assert refused(answer, GOOD, "k.yaml", here)
    assert json.loads(said(here)) == answer
    assert not refused({"ok": True}, GOOD, "k.yaml", here)


def test_a_byte_order_mark_is_no_obstacle_and_bytes_are_no_text() -> None:
    assert readable(b"\xef\xbb\xbf" + GOOD, "k.yaml", console()) == GOOD.decode()
    here = console()
    assert readable("唯一客服".encode("gbk"), "k.yaml", here) is None
    assert "K101" in said(here)
