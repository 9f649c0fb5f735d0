"""Guards know the place of each of their characters; secrets resolve late and never to nothing."""

import msgspec
import pytest

from appliance.config.diagnostics import Span
from appliance.config.spec import Guard, Secret
from appliance.errors import ConfigError
from tests.config.reader import spec_of


@pytest.mark.parametrize(("text", "column"), [("vip: visitor.level > 3", 6), ("vip: 'visitor.level > 3'", 7)])
def test_a_guard_points_into_the_line(text: str, column: int) -> None:
    guard = spec_of(text).vip
    assert guard is not None
    assert guard.source == "visitor.level > 3"
    assert guard.place(8, 13) == Span(2, column + 8, 2, column + 13)


def test_a_guard_that_is_not_written_on_one_line_points_at_the_whole() -> None:
    guard = spec_of('vip: "visitor.level\\n > 3"').vip
    assert guard is not None
    assert guard.place(0, 1) == guard.at
    assert Guard("x").place(0, 1) == Span()


def test_a_bare_truth_is_a_guard() -> None:
    assert spec_of("vip: true").vip == Guard("true", Span(2, 6, 2, 10))


def read_file(path: str) -> str:
    if path != "/etc/kefu/key":
        raise FileNotFoundError(path)
    return "s3cret\n"


def test_secrets_resolve_from_environment_and_file() -> None:
    assert Secret("env", "KEY").resolve({"KEY": "s3cret"}, read_file) == "s3cret"
    assert Secret("file", "/etc/kefu/key").resolve({}, read_file) == "s3cret"


@pytest.mark.parametrize("secret", [Secret("env", "KEY"), Secret("env", "BLANK"), Secret("file", "/nowhere")])
def test_a_secret_that_is_not_there_is_an_error_and_not_an_empty_key(secret: Secret) -> None:
    with pytest.raises(ConfigError) as caught:
        secret.resolve({"BLANK": "  "}, read_file)
    assert secret.where in caught.value.say("zh") or secret.where == "BLANK"


def test_the_spec_is_plain_data() -> None:
    spec = spec_of("")
    assert msgspec.json.decode(msgspec.json.encode(spec), type=type(spec)) == spec
    assert spec.main is spec.flows["main"]
