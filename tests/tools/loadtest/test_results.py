"""The file of results is JSON that is read back exactly, and refuses what it is not."""

import json

import msgspec
import pytest

from tests.tools.loadtest.test_outcome import results
from tools.loadtest.results import FORMAT, decode, encode


def test_it_is_json_with_its_format() -> None:
    data = encode(results())
    assert json.loads(data)["format"] == FORMAT
    assert decode(data) == results()


@pytest.mark.parametrize("data", [b"", b"{}", b"[1]", b'{"format": 1, "scenario": 3}'])
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(msgspec.MsgspecError):
        decode(data)
