"""How commands speak: in the operator's language, as text or as JSON, with exit codes that scripts can rely on."""

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn, TextIO

import msgspec

from appliance.errors import KefuError, Language, Text

FINE = 0
FINDING = 1
USAGE = 2

EXIT_CODES = Text(
    "退出码：0 正常；1 发现问题或未能完成；2 用法不对（选项、文件不存在）。",
    "exit codes: 0 fine; 1 something was found or could not be done; 2 wrong usage (options, no such file).",
)


class UsageError(KefuError):
    """The command line itself is wrong, or names a file that is not there."""


def language_of(environment: Mapping[str, str]) -> Language:
    """Return the language of the locale: Chinese where it begins with zh, else English."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environment.get(name):
            return "zh" if environment[name].lower().startswith("zh") else "en"
    return "en"


class Console:
    """The operator's terminal.  `json` says that stdout is read by a program."""

    def __init__(
        self, language: Language, as_json: bool = False, out: TextIO | None = None, err: TextIO | None = None
    ) -> None:
        self.language: Language = language
        self.json = as_json
        self.out = out or sys.stdout
        self.err = err or sys.stderr

    def text(self, zh: str, en: str) -> str:
        """Return the sentence in the operator's language."""
        return zh if self.language == "zh" else en

    def show(self, text: str, value: Any) -> None:
        """Print `value` as JSON where that is asked for, else `text`."""
        print(as_json(value) if self.json else text, file=self.out, flush=True)

    def note(self, text: str) -> None:
        """Print something for people beside the result, to stderr; when nobody can hear it, it is left unsaid."""
        with contextlib.suppress(OSError):
            print(text, file=self.err, flush=True)

    def mute(self) -> None:
        """Print nothing more to stdout: its reader is gone, and Python would complain once more at the end."""
        os.dup2(os.open(os.devnull, os.O_WRONLY), self.out.fileno())

    def fail(self, error: KefuError) -> int:
        """Print why it did not work and what to do; return the exit code."""
        if self.json:
            told = {"zh": error.say("zh"), "en": error.say("en")}
            print(as_json({"error": told}), file=self.out, flush=True)
        else:
            print(f"kefu: {error.say(self.language)}", file=self.err, flush=True)
        return USAGE if isinstance(error, UsageError) else FINDING

    def parser(self, name: str, summary: Text) -> "Parser":
        """Return the parser of a command."""
        return Parser(self, f"kefu {name}", summary)


class Parser(argparse.ArgumentParser):
    """argparse in the operator's language, with the options that every command takes described."""

    def __init__(self, console: Console, prog: str, summary: Text, **settings: Any) -> None:
        epilog = console.text(
            "各命令都可加 --lang zh|en 和 --json。", "every command takes --lang zh|en and --json."
        )
        super().__init__(
            prog=prog,
            description=summary.say(console.language),
            epilog=f"{epilog}\n{EXIT_CODES.say(console.language)}",
            formatter_class=_formatter(console.text("用法：", "usage: ")),
            add_help=False,
            allow_abbrev=False,
            **settings,
        )
        self._console = console
        self._words = self.add_argument_group(console.text("参数", "arguments"))
        self._flags = self.add_argument_group(console.text("选项", "options"))
        self._flags.add_argument(
            "-h", "--help", action="help", help=console.text("显示帮助", "show this help")
        )

    def word(self, name: str, zh: str, en: str, **settings: Any) -> None:
        """Add a positional argument."""
        self._words.add_argument(name, help=self._console.text(zh, en), **settings)

    def flag(self, *names: str, zh: str, en: str, **settings: Any) -> None:
        """Add an option."""
        self._flags.add_argument(*names, help=self._console.text(zh, en), **settings)

    def error(self, message: str) -> NoReturn:
        """End with the usage exit code, as text or JSON like every other failure."""
        raise UsageError(
            Text(f"命令行有误：{message}。", f"The command line is wrong: {message}."),
            Text(f"见 {self.prog} --help", f"See {self.prog} --help"),
        )


def _formatter(prefix: str) -> type[argparse.HelpFormatter]:
    class Formatter(argparse.RawDescriptionHelpFormatter):
        def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = prefix) -> None:
            super().add_usage(usage, actions, groups, prefix)

    return Formatter


def as_json(value: Any) -> str:
    """Return `value`, Structs included, as one line of JSON that keeps Chinese readable."""
    return json.dumps(msgspec.to_builtins(value), ensure_ascii=False)


def split_globals(
    arguments: Sequence[str], environment: Mapping[str, str]
) -> tuple[list[str], Language, bool]:
    """Return the arguments without --lang and --json, wherever they stand, and what these say.

    Raises UsageError for a language that is not spoken here.
    """
    rest: list[str] = []
    language, wants_json = language_of(environment), False
    waiting = iter(arguments)
    for argument in waiting:
        if argument == "--":
            rest += [argument, *waiting]
        elif argument == "--json":
            wants_json = True
        elif argument == "--lang" or argument.startswith("--lang="):
            chosen = next(waiting, "") if argument == "--lang" else argument.removeprefix("--lang=")
            if chosen == "zh":
                language = "zh"
            elif chosen == "en":
                language = "en"
            else:
                raise UsageError(
                    Text(f"不支持的语言“{chosen}”。", f"There is no language {chosen!r}."),
                    Text("请用 --lang zh 或 --lang en。", "Use --lang zh or --lang en."),
                )
        else:
            rest.append(argument)
    return rest, language, wants_json


def read_bytes(path: str) -> bytes:
    """Return the bytes of the configuration file; raises UsageError when it cannot be read."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as wrong:
        reason = wrong.strerror or str(wrong)
        raise UsageError(
            Text(f"读不了配置文件 {path}：{reason}。", f"The configuration {path} cannot be read: {reason}."),
            Text(
                f"用 -c 指定它，或在它所在的目录里运行（现在在 {os.getcwd()}）。",
                f"Name it with -c, or run kefu in its directory (this is {os.getcwd()}).",
            ),
        ) from wrong


def write_bytes(path: str, data: bytes) -> None:
    """Write a file that the operator asked for; raises KefuError when it cannot be written."""
    try:
        with open(path, "wb") as file:
            file.write(data)
    except OSError as wrong:
        reason = wrong.strerror or str(wrong)
        raise KefuError(
            Text(f"写不了 {path}：{reason}。", f"{path} cannot be written: {reason}."),
            Text("换一个路径。", "Choose another path."),
        ) from wrong
