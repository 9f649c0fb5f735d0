"""What the tests of floor 1 share: reading a text, and a configuration with one part exchanged."""

from appliance.config.diagnostics import Diagnostics
from appliance.config.load import load
from appliance.config.nodes import Mapping
from appliance.config.source import parse
from appliance.config.spec import Spec

FLOWS = "flows: {main: {initial: a, states: {a: {final: true}}}}\n"


def tree(text: str) -> Mapping:
    """Return the tree of a text that must be sound."""
    found = Diagnostics("kefu.yaml", text)
    root = parse(text, found)
    assert root is not None
    assert found.render("en") == ""
    return root


def spec_of(text: str, flows: str = FLOWS) -> Spec:
    """Return the Spec of a sound configuration."""
    spec, found = load(f"kefu: 1\n{text}\n{flows}", "kefu.yaml")
    assert found.render("en") == ""
    assert spec is not None
    return spec


def codes(text: str, flows: str = FLOWS) -> list[str]:
    """Return the codes of what is wrong with a configuration, in the order of the file."""
    _, found = load(f"kefu: 1\n{text}\n{flows}", "kefu.yaml")
    return [diagnostic.code for diagnostic in found]
