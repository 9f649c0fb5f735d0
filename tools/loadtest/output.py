"""What a run leaves in its folder: the report, JSON, one .hgrm per latency, CSV by second."""

import io
import time
from pathlib import Path

import msgspec
from hdrh.histogram import HdrHistogram

from appliance.errors import KefuError, Text
from tools.loadtest.report.page import csv, html
from tools.loadtest.results import Results, decode, encode

RESULTS = "results.json"
REPORT = "report.html"


def folder_for(scenario: str, chosen: str | None) -> Path:
    """Make the folder of a run and return it: the chosen one, else one named for the scenario and the moment."""
    named = f"loadtest-{scenario}-{time.strftime('%Y%m%d-%H%M%S')}"
    path = Path(chosen) if chosen else Path(named)
    try:
        path.mkdir(parents=True, exist_ok=True)
        (path / RESULTS).open("ab").close()
    except OSError as wrong:
        reason = wrong.strerror or str(wrong)
        raise KefuError(
            Text(f"写不了 {path}：{reason}。", f"{path} cannot be written: {reason}."),
            Text("用 -o 换一个文件夹。", "Choose another folder with -o."),
        ) from wrong
    return path


def previous_of(folder: Path, scenario: str) -> Results | None:
    """Return the latest earlier run that came to its end of the same scenario among the neighbours of `folder`, None when there is none."""
    found: list[Results] = []
    for path in folder.resolve().parent.glob(f"*/{RESULTS}"):
        if path.parent == folder.resolve():
            continue
        try:
            results = decode(path.read_bytes())
        except (OSError, msgspec.MsgspecError):
            continue
        if results.scenario == scenario and results.ended == "complete":
            found.append(results)
    return max(found, key=lambda results: results.started_at, default=None)


def write(results: Results, folder: Path) -> list[Path]:
    """Write everything into `folder`; return the files, the report first."""
    drawn = html(results, previous_of(folder, results.scenario))
    files = {REPORT: drawn.encode(), RESULTS: encode(results), "seconds.csv": csv(results).encode()}
    for name, latency in results.latencies.items():
        files[f"{name}.hgrm"] = hgrm(latency.histogram)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return [folder / name for name in files]


def hgrm(histogram: str) -> bytes:
    """Return the percentile distribution in ms, in the form that HdrHistogram's plotters read."""
    out = io.BytesIO()
    HdrHistogram.decode(histogram.encode()).output_percentile_distribution(out, 1000)
    return out.getvalue()
