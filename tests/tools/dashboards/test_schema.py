"""Grafana's own published types judge the dashboards: the package @grafana/schema, read by tsc.

The types name what Grafana knows, so a misspelt key, a word outside an enumeration and a missing option are all errors.  It is the
model that Grafana loads; nobody has looked at the dashboards in a Grafana here.
"""

import copy
import json
import re
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.bench.rivals.xstate import node
from tools.dashboards.boards import BOARDS, SCHEMA_VERSION, board_of
from tools.dashboards.panels import KINDS, Json, options
from tools.dashboards.wording import WORDINGS

ROOT = Path(__file__).resolve().parents[3]
TYPES = ROOT / "build/suites/@grafana/schema/dist/types"
TSC = ROOT / "appliance/ui/node_modules/typescript/bin/tsc"


# Strings of an enumeration are written in JSON as they are; TypeScript wants them by the name of the member unless told so.
HEADER = """
import type { Dashboard, DataQuery } from "@grafana/schema";
type Plain<T> = T extends string ? (string extends T ? string : `${T}`) : T extends number ? number
  : T extends Array<infer U> ? Plain<U>[] : T extends object ? { [K in keyof T]: Plain<T[K]> } : T;
"""


def judged(folder: Path, dashboards: Mapping[str, Json]) -> list[str]:
    """Return what tsc has against dashboards."""
    lines = [HEADER]
    for kind in KINDS:
        room = kind.replace("-", "")
        lines.append(f'import type * as {room} from "panels/{room}/panelcfg/x/types.gen";')
    for kind in KINDS:
        # A gauge has had more options since 12.0, which have defaults.
        of = "Partial<gauge.Options>" if kind == "gauge" else f"{kind.replace('-', '')}.Options"
        lines.append(f"const all_{kind.replace('-', '')}: Plain<{of}> = {json.dumps(options(kind))};")
    for name, board in dashboards.items():
        # What a query holds beside these two is the affair of the data source, which publishes no types of it.
        marks = [
            {**mark, "target": {"refId": mark["target"]["refId"]}} for mark in board["annotations"]["list"]
        ]
        plain = {**board, "annotations": {"list": marks}}
        lines.append(f"const {name}: Plain<Dashboard> = {json.dumps(plain)};")
        for number, panel in enumerate(board["panels"]):
            room = panel["type"].replace("-", "")
            lines.append(f"const {name}_{number}: Plain<{room}.Options> = {json.dumps(panel['options'])};")
            custom = panel["fieldConfig"]["defaults"].get("custom")
            if custom is not None:
                lines.append(
                    f"const {name}_{number}_custom: Plain<Partial<{room}.FieldConfig>> = {json.dumps(custom)};"
                )
            for target in panel["targets"]:
                query = {key: target[key] for key in ("refId", "datasource")}
                lines.append(f"({json.dumps(query)}) satisfies DataQuery;")
    (folder / "dashboards.ts").write_text("\n".join(lines))
    settings = {
        "compilerOptions": {
            "strict": True,
            "noEmit": True,
            "skipLibCheck": True,
            "module": "esnext",
            "moduleResolution": "bundler",
            "target": "es2022",
            "types": [],
            "paths": {
                "@grafana/schema": [str(TYPES / "index.d.ts")],
                "panels/*": [str(TYPES / "raw/composable/*")],
            },
        },
        "files": ["dashboards.ts"],
    }
    (folder / "tsconfig.json").write_text(json.dumps(settings))
    done = subprocess.run(
        [node(), TSC, "-p", "tsconfig.json"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0 or "error TS" in done.stdout, done.stdout + done.stderr
    return re.findall(r"error (TS\d+: .*)", done.stdout)


def test_the_types_of_grafana_accept_every_dashboard_in_all_words(tmp_path: Path) -> None:
    boards = {f"{board}_{each}": board_of(board, each) for board in BOARDS for each in WORDINGS}
    assert judged(tmp_path, boards) == []


def _misspelt(board: Json) -> None:
    board["panels"][0]["titel"] = "?"


def _no_schema_version(board: Json) -> None:
    del board["schemaVersion"]


def _unknown_word(board: Json) -> None:
    board["panels"][0]["fieldConfig"]["defaults"]["thresholds"]["mode"] = "sometimes"


def _unknown_option(board: Json) -> None:
    board["panels"][0]["options"]["colour"] = "red"


def _unknown_style(board: Json) -> None:
    chart = next(panel for panel in board["panels"] if panel["type"] == "timeseries")
    chart["fieldConfig"]["defaults"]["custom"]["drawStyle"] = "scribble"


@pytest.mark.parametrize(
    "spoil", [_misspelt, _no_schema_version, _unknown_word, _unknown_option, _unknown_style]
)
def test_they_refuse_what_grafana_does_not_know(spoil: Callable[[Json], None], tmp_path: Path) -> None:
    # A copy: boards share parts, and what is spoilt here would be spoilt for every test after this one.
    board = copy.deepcopy(board_of("service", "en"))
    spoil(board)
    assert judged(tmp_path, {"spoilt": board}) != []


def test_the_version_is_that_of_the_types() -> None:
    code = (TYPES.parent / "esm/raw/dashboard/x/types.gen.mjs").read_text(encoding="utf-8")
    assert re.findall(r"schemaVersion: (\d+)", code) == [str(SCHEMA_VERSION)]
