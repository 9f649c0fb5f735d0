"""plan, apply, confirm, history, rollback, reload, migrate on a running appliance, and the starts after them."""

import os
import re
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.shell import ROOT, SHIPPED, Process, Said, kefu

GOLDEN = ROOT / "tests" / "golden" / "cli"


class Shop:
    """A running appliance with a file of its own."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "kefu.yaml"
        shutil.copy(SHIPPED, self.file)
        self.data = folder / "data"
        self.process = self.start()

    def start(self, *more: str) -> Process:
        self.process = Process(self.data, "--port", "0", "-c", str(self.file), *more).ready()
        return self.process

    def edit(self, old: str, new: str) -> None:
        text = self.file.read_text(encoding="utf-8")
        assert old in text
        self.file.write_text(text.replace(old, new), encoding="utf-8")

    def kefu(self, *words: str, lang: str = "en", file: bool = False) -> Said:
        config = ("-c", str(self.file)) if file else ()
        return kefu(*words, *config, "--data", str(self.data), lang=lang)

    def status(self) -> dict[str, object]:
        history = self.kefu("history", "--json").json["entries"]
        return {"live": next(entry["id"] for entry in history if entry["outcome"] == "live"), "all": history}


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path)
    yield made
    made.process.kill()


def until(holds: Callable[[], object], within: float = 15.0) -> None:
    end = time.monotonic() + within
    while not holds():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def plain(text: str) -> str:
    """Return output without what differs from run to run."""
    text = re.sub(r"\b[0-9a-f]{12}\b", "BUNDLE", text)
    return re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d", "DATE", text).replace(__import__("getpass").getuser(), "USER")


def test_the_whole_way_from_edit_to_live_and_back(shop: Shop) -> None:
    shop.edit("您好，请问", "您好！请问")
    shop.edit("time > 10s", "time > 8s")
    said = [shop.kefu("plan", lang=lang, file=True) for lang in ("zh", "en")]
    said += [shop.kefu("apply", "--confirm", "10m", lang="zh", file=True), shop.kefu("confirm", lang="zh")]
    said += [shop.kefu("rollback"), shop.kefu("history"), shop.kefu("history", lang="zh")]
    said += [shop.kefu("migrate", "--dry-run")]
    assert [each.code for each in said] == [0] * len(said)
    assert plain("-----\n".join(each.out for each in said)) == (GOLDEN / "apply.txt").read_text(
        encoding="utf-8"
    )


def test_a_broken_file_is_refused_with_its_lines(shop: Shop) -> None:
    shop.edit("to: 排队,", "to: 排对,")
    for words in (("plan",), ("apply",)):
        said = shop.kefu(*words, file=True)
        assert said.code == 1
        assert "did you mean '排队'?" in said.out
        assert "^^^^" in said.out
        assert "What runs was not changed." in said.out
    assert shop.kefu("apply", "--json", file=True).json["problems"][0]["code"] == "K301"
    reload = shop.kefu("reload", lang="zh")
    assert (reload.code, "没有改动" in reload.out) == (1, True)
    assert shop.status()["live"] == 1


def test_unconfirmed_it_goes_back(shop: Shop) -> None:
    shop.edit("您好，请问", "您好！请问")
    assert shop.kefu("apply", "--confirm", "300ms", file=True).code == 0
    until(lambda: shop.status()["live"] == 3)
    assert shop.kefu("confirm").code == 1


def test_sighup_reads_the_file_again(shop: Shop) -> None:
    shop.edit("您好，请问", "您好！请问")
    os.kill(shop.process.pid, signal.SIGHUP)
    until(lambda: shop.status()["live"] == 2)


def test_watching_applies_what_is_saved_and_survives_a_slip(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    try:
        assert shop.process.end().code == 0
        shop.start("--watch")
        shop.edit("您好，请问", "您好！请问")
        until(lambda: shop.status()["live"] == 2)
        shop.edit("to: 排队,", "to: 排对,")
        time.sleep(2.5)
        shop.edit("to: 排对,", "to: 排队,")
        shop.edit("还在吗: 请问", "还在吗: 您好，请问")
        until(lambda: shop.status()["live"] == 3)
    finally:
        shop.process.kill()


def test_a_start_on_a_broken_file_runs_the_last_good_one_loudly(shop: Shop) -> None:
    assert shop.process.end().code == 0
    shop.edit("to: 排队,", "to: 排对,")
    refused = kefu("run", "--strict", "-c", str(shop.file), "--data", str(shop.data), "--port", "0")
    assert refused.code == 1
    assert "排对" in refused.err
    shop.start()
    assert shop.status()["live"] == 1
    ended = shop.process.end()
    assert ended.code == 0
    assert "Careful: the file has errors" in ended.err
    assert "did you mean '排队'?" in ended.err


@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "byte order mark"])
def test_what_was_taken_back_does_not_come_back_with_a_kill(shop: Shop, mark: str) -> None:
    shop.edit("您好，请问", "您好！请问")
    shop.file.write_text(mark + shop.file.read_text(encoding="utf-8"), encoding="utf-8")
    assert shop.kefu("apply", "--confirm", "10m", file=True).code == 0
    shop.process.kill()
    refused = kefu("run", "--strict", "-c", str(shop.file), "--data", str(shop.data), "--port", "0")
    assert (refused.code, "was not confirmed in time" in refused.err) == (1, True), refused
    shop.start()
    entries = shop.kefu("history", "--json").json["entries"]
    assert [entry["outcome"] for entry in entries] == ["live", "reverted", "past"]
    assert entries[0]["bundle"] == entries[2]["bundle"]
    assert "was rolled back, or was not confirmed" in shop.process.end().err
    shop.start()
    assert shop.kefu("apply", file=True).code == 0, "said once more, it is meant"


def test_nothing_runs(tmp_path: Path) -> None:
    data = str(tmp_path / "none")
    for words in (
        ("apply", "-c", SHIPPED),
        ("confirm",),
        ("rollback",),
        ("history",),
        ("reload",),
        ("migrate",),
    ):
        said = kefu(*words, "--data", data)
        assert (said.code, "No kefu runs on" in said.err) == (1, True), words
    said = kefu("plan", "-c", SHIPPED, "--data", data)
    assert (said.code, "at the next start" in said.out) == (0, True)


@pytest.mark.parametrize(
    "wrong", [b"\xff\xfe", "唯一客服".encode("gbk"), b"x" * 5_000_000], ids=["utf16", "gbk", "huge"]
)
def test_what_is_no_text_is_never_sent(tmp_path: Path, wrong: bytes) -> None:
    file = tmp_path / "k.yaml"
    file.write_bytes(wrong)
    for command in ("plan", "apply"):
        said = kefu(command, "-c", str(file), "--data", str(tmp_path / "none"))
        assert said.code == 1
        assert "K10" in said.out


@pytest.mark.parametrize("time", ["soon", "10", "0s"])
def test_a_time_to_confirm_is_a_duration(tmp_path: Path, time: str) -> None:
    said = kefu("apply", "--confirm", time, "-c", SHIPPED, "--data", str(tmp_path))
    assert said.code == 2
    assert "--confirm 10m" in said.err
