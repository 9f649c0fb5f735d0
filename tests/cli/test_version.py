"""`kefu version`."""

from appliance import __version__
from tests.cli.shell import kefu


def test_it_names_what_matters_for_a_report() -> None:
    said = kefu("version")
    assert said.code == 0
    assert f"kefu     {__version__}" in said.out
    assert kefu("version", "--json").json["kefu"] == __version__
    assert {"python", "apsw", "aiohttp"} <= set(kefu("version", "--json").json)
