"""The catalog leads somewhere, and `kefu --help` loads nothing of it."""

import subprocess
import sys

from appliance.cli import load
from appliance.cli.catalog import COMMANDS


def test_every_row_leads_to_a_function_and_speaks_two_languages() -> None:
    for row in COMMANDS:
        assert callable(load(row))
        assert row.summary.zh
        assert row.summary.en
    assert len({row.name for row in COMMANDS}) == len(COMMANDS)


def test_help_loads_no_command() -> None:
    script = (
        "import sys; from appliance.cli import main; main(['--help']);"
        "sys.exit(any(name in sys.modules for name in ('aiohttp', 'apsw', 'appliance.cli.run', 'appliance.config.load')))"
    )
    assert (
        subprocess.run([sys.executable, "-c", script], stdout=subprocess.DEVNULL, check=False).returncode == 0
    )
