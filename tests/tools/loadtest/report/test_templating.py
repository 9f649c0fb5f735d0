"""A page of another package has its own templates first, and ours for all the rest."""

import msgspec
import pytest
from jinja2 import UndefinedError

from tools.loadtest.report.templating import embedded, environment


def test_ones_own_come_first_and_the_reports_fill_in() -> None:
    claims = environment("tools.claims")
    assert claims.get_template("claims.html").name == "claims.html"
    assert claims.get_template("page.html").name == "page.html"
    with pytest.raises(FileNotFoundError):
        environment().get_template("claims.html")


def test_what_is_not_there_is_an_error_and_no_blank() -> None:
    with pytest.raises(UndefinedError):
        environment().from_string("{{ nothing }}").render()


def test_data_ends_no_element_and_begins_none() -> None:
    hostile = '{"a":"</script><script>alert(1)</script>\u2028\u2029"}'
    found = embedded(hostile)
    assert "<" not in found
    assert msgspec.json.decode(found) == msgspec.json.decode(hostile)
