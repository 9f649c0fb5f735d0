"""The command `kefu`: finds the command in the catalog, loads it, and turns every failure into one sentence."""

import contextlib
import io
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from typing import TextIO

from appliance import __version__
from appliance.cli.catalog import COMMANDS, Row
from appliance.cli.console import EXIT_CODES, FINE, USAGE, Console, UsageError, language_of, split_globals
from appliance.errors import KefuError, Text

Command = Callable[[Sequence[str], Console], int]

INTERRUPTED = 130
LAST_STANDARD = 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line (default: that of the process) and return its exit code; see `kefu --help`."""
    keep_standard_files()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A sign that the terminal's encoding does not know becomes "?", not a traceback.
            stream.reconfigure(errors="replace")
    console = Console(language_of(os.environ))
    try:
        arguments, language, as_json = split_globals(sys.argv[1:] if argv is None else argv, os.environ)
        console = Console(language, as_json)
        return _dispatch(arguments, console)
    except SystemExit as end:
        # argparse ends so after --help.
        return end.code if isinstance(end.code, int) else FINE
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has seen enough.
        console.mute()
        return FINE
    except BaseException as error:
        told = next(told_of(error), None)
        if told is None:
            raise
        return console.fail(told)
    finally:
        settle_output()


def settle_output() -> None:
    """Write out what is left, or let it go: at its own end Python would turn a full disk into exit code 120."""
    streams: list[TextIO | None] = [sys.stdout, sys.stderr]  # None: closed when the process began
    for stream in streams:
        if stream is None:
            continue
        try:
            stream.flush()
        except (OSError, ValueError):
            with contextlib.suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def keep_standard_files() -> None:
    """Give the descriptors 0 to 2 to /dev/null where they are closed: a socket in their place would be printed into."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= LAST_STANDARD:
        os.set_inheritable(descriptor, True)
    os.close(descriptor)


def told_of(error: BaseException) -> Iterator[KefuError]:
    """Yield the errors meant for people in `error`: a TaskGroup wraps what ends it."""
    if isinstance(error, KefuError):
        yield error
    elif isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from told_of(inner)


def _dispatch(arguments: list[str], console: Console) -> int:
    name = arguments[0] if arguments else "--help"
    if name in ("-h", "--help", "help"):
        print(overview(console), file=console.out)
        return FINE if arguments else USAGE
    if name in ("-V", "--version"):
        print(f"kefu {__version__}", file=console.out)
        return FINE
    row = next((row for row in COMMANDS if row.name == name), None)
    if row is None:
        known = ", ".join(row.name for row in COMMANDS)
        raise UsageError(
            Text(f"没有命令“{name}”。", f"There is no command {name!r}."),
            Text(f"现有：{known}。", f"There are: {known}."),
        )
    return load(row)(arguments[1:], console)


def load(row: Row) -> Command:
    """Return the function of a row."""
    module, _, function = row.target.partition(":")
    found: Command = getattr(import_module(module), function)
    return found


def overview(console: Console) -> str:
    """Return what `kefu --help` shows: the commands, the global options, the exit codes."""
    lines = [
        console.text(
            "kefu：由 kefu.yaml 驱动的在线客服", "kefu: a live-chat appliance governed by kefu.yaml"
        ),
        "",
        console.text("用法：kefu 命令 [选项]", "usage: kefu COMMAND [options]"),
        "",
        *(f"  {row.name:<10} {row.summary.say(console.language)}" for row in COMMANDS),
        "",
        f"  --lang zh|en  {console.text('语言；默认看 LANG', 'language; LANG decides by default')}",
        f"  --json        {console.text('输出 JSON，供程序读取', 'print JSON, for programs')}",
        f"  --version     {console.text('显示版本', 'show the version')}",
        "",
        EXIT_CODES.say(console.language),
        console.text("各命令的选项：kefu 命令 --help", "options of a command: kefu COMMAND --help"),
    ]
    return "\n".join(lines)
