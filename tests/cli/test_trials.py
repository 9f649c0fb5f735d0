"""`kefu test`: what people read, what build servers read, and the exit codes."""

import xml.etree.ElementTree as Xml
from pathlib import Path

from tests.cli.shell import ROOT, SHIPPED, kefu

GOLDEN = ROOT / "tests" / "golden" / "cli"
FAILING = str(ROOT / "tests" / "golden" / "check" / "trials.yaml")


def test_the_shipped_tests_pass_and_read_well() -> None:
    said = kefu("test", "-c", SHIPPED, lang="zh")
    assert (said.code, said.err) == (0, "")
    assert said.out == (GOLDEN / "test-shipped.txt").read_text(encoding="utf-8")


def test_a_failing_step_shows_expected_and_actual() -> None:
    said = kefu("test", "-c", FAILING)
    assert said.code == 1
    assert said.out == (GOLDEN / "test-failing.txt").read_text(encoding="utf-8")
    told = kefu("test", "-c", FAILING, "--json").json
    assert not told["ok"]
    step = told["tests"][0]["steps"][1]
    assert (step["expected"], step["actual"], step["played"]) == ("完", ["等"], True)


def test_one_test_by_name_and_a_name_that_is_none() -> None:
    said = kefu("test", "-c", FAILING, "走通")
    assert said.code == 0
    assert "1 test, it passes" in said.out
    wrong = kefu("test", "-c", FAILING, "走同")
    assert wrong.code == 2
    assert "走通" in wrong.err


def test_the_report_for_build_servers(tmp_path: Path) -> None:
    file = tmp_path / "report.xml"
    assert kefu("test", "-c", FAILING, "--junit", str(file)).code == 1
    root = Xml.parse(file).getroot()  # noqa: S314 - our own report
    assert (root.tag, root.get("tests"), root.get("failures")) == ("testsuites", "3", "2")
    cases = root.findall("./testsuite/testcase")
    assert [case.get("name") for case in cases] == ["十秒整不算", "没人可接", "走通"]
    assert [case.find("failure") is not None for case in cases] == [True, True, False]
    assert kefu("test", "-c", FAILING, "--junit", str(tmp_path / "no" / "r.xml")).code == 1


def test_names_that_xml_would_choke_on(tmp_path: Path) -> None:
    file, report = tmp_path / "k.yaml", tmp_path / "r.xml"
    text = Path(FAILING).read_text(encoding="utf-8").replace("name: 走通", "name: 'a < \"b\" & ]]> 走通'")
    file.write_text(text, encoding="utf-8")
    assert kefu("test", "-c", str(file), "--junit", str(report)).code == 1
    cases = Xml.parse(report).getroot().findall(".//testcase")  # noqa: S314 - our own report
    assert cases[2].get("name") == 'a < "b" & ]]> 走通'


def test_a_file_with_errors_or_without_tests(tmp_path: Path) -> None:
    file = tmp_path / "k.yaml"
    file.write_text(
        "kefu: 1\nflows: {main: {initial: a, states: {a: {on: {用户发送消息: {to: b}}}}}}\n", encoding="utf-8"
    )
    said = kefu("test", "-c", str(file))
    assert said.code == 1
    assert "K301" in said.out
    assert "no test was run" in said.out
    assert kefu("test", "-c", str(file), "--json").json["problems"][0]["code"] == "K301"
    file.write_text("kefu: 1\nflows: {main: {initial: a, states: {a: {final: true}}}}\n", encoding="utf-8")
    said = kefu("test", "-c", str(file))
    assert (said.code, said.out) == (0, "The file has no tests.\n")
