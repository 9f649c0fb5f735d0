"""The profiling of a running appliance, put together: what watches it, what is captured, and the routes that show it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aiohttp import web

from appliance.cli.measuring import pools_of
from appliance.http.debug_pprof import add_profiling
from appliance.http.panel import add_panel
from appliance.http.task_labels import task_labels
from appliance.runtime.compose import Appliance
from appliance.telemetry.profiling.captures import Captures
from appliance.telemetry.profiling.profiler import Profiler


class Profiling:
    """What was put together.  `profiler.taken` counts captures by kind, `profiler.vitals.pauses` times the collector."""

    def __init__(self, profiler: Profiler, captures: Captures) -> None:
        self.profiler = profiler
        self.captures = captures

    def add_routes(self, app: web.Application) -> None:
        """Add /debug/pprof/*, /panel, /admin/runtime and /admin/captures to the admin application."""
        add_profiling(app, self.profiler)
        add_panel(app, self.profiler, self.captures)


@contextmanager
def profiling(appliance: Appliance, directory: Path) -> Iterator[Profiling]:
    """Watch the running loop for as long as the context lasts, and keep captures in `directory`."""
    overload = appliance.overload
    profiler = Profiler(lambda: pools_of(appliance), lambda: (overload.ratio, overload.tier), task_labels)
    captures = Captures(directory, profiler, lambda work, name: appliance.tasks.create_task(work, name=name))
    overload.listen(captures.tier_rose)
    profiler.start()
    try:
        yield Profiling(profiler, captures)
    finally:
        profiler.stop()
