"""How a running load test looks: one line that is drawn anew at a terminal, else a plain line now and then."""

import contextlib
import os
import time
from typing import TextIO

from appliance.cli.console import Console
from appliance.config.diagnostics import cells
from tools.loadtest.conductor import Outlook

PLAIN_EVERY = 5.0


class StatusLine:
    """One line on stderr, so that stdout is the result's.  Without a terminal no character steers one."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._terminal = out.isatty() and os.environ.get("TERM") != "dumb"
        self._drawn = 0
        self._last: float | None = None

    @property
    def due(self) -> bool:
        """Whether it is time for another line: at a terminal always."""
        return self._terminal or self._last is None or time.monotonic() - self._last >= PLAIN_EVERY

    def draw(self, line: str) -> None:
        """Show a line in the place of the one before."""
        self._last = time.monotonic()
        with contextlib.suppress(OSError, ValueError):
            if not self._terminal:
                print(line, file=self._out, flush=True)
                return
            width = sum(map(cells, line))
            # Spaces cover what was longer before: \r alone needs no terminal to be understood.
            print(f"\r{line}{' ' * max(0, self._drawn - width)}", end="", file=self._out, flush=True)
            self._drawn = width

    def done(self) -> None:
        """Leave the line alone from now on."""
        if self._terminal and self._drawn:
            with contextlib.suppress(OSError, ValueError):
                print(file=self._out, flush=True)
            self._drawn = 0


class Progress:
    """Shows how a load test stands."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status = StatusLine(console.err)
        self._before: tuple[float, int] | None = None

    def show(self, outlook: Outlook) -> None:
        """Show how it stands, where it is time to."""
        if not self._status.due:
            return
        then, acked = self._before or (outlook.at_s, outlook.acked)
        took = outlook.at_s - then
        self._before = (outlook.at_s, outlook.acked)
        self._status.draw(self.line(outlook, (outlook.acked - acked) / took if took > 0 else 0.0))

    def line(self, outlook: Outlook, rate: float) -> str:
        """Return the line; `rate`: acknowledged messages a second since the line before."""
        text = self._console.text
        phase = f"{outlook.number}/{outlook.of} {outlook.phase}"
        where = phase if outlook.phase else text("收尾", "settling")
        parts = [
            f"{outlook.at_s:.0f} s",
            where,
            text(f"在线 {outlook.live:,}", f"{outlook.live:,} connected"),
            text(f"已存 {outlook.acked:,}", f"{outlook.acked:,} stored"),
            f"{rate:,.0f}/s",
            text(f"在途 {outlook.under_way:,}", f"{outlook.under_way:,} under way"),
        ]
        if outlook.refused:
            parts.append(text(f"拒绝 {outlook.refused:,}", f"{outlook.refused:,} refused"))
        return "  ".join(parts)

    def done(self) -> None:
        """Leave the line alone from now on."""
        self._status.done()
