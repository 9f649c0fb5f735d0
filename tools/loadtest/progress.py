"""How a running load test looks: one line that is drawn anew at a terminal, else a plain line now and then."""

import contextlib
import os
import time
from typing import TextIO

from appliance.cli.console import Console
from appliance.config.diagnostics import cells
from tools.loadtest.conductor import Outlook

PLAIN_EVERY = 5.0


class Progress:
    """Draws to stderr, so that stdout is the result's.  Without a terminal no character steers one."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._out: TextIO = console.err
        self._terminal = self._out.isatty() and os.environ.get("TERM") != "dumb"
        self._drawn = 0
        self._last = 0.0
        self._acked = 0

    def show(self, outlook: Outlook) -> None:
        """Show how it stands."""
        now = time.monotonic()
        if not self._terminal and now - self._last < PLAIN_EVERY:
            return
        took = now - self._last if self._last else 0.0
        rate = (outlook.acked - self._acked) / took if took else 0.0
        self._last, self._acked = now, outlook.acked
        self._draw(self.line(outlook, rate))

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

    def _draw(self, line: str) -> None:
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
