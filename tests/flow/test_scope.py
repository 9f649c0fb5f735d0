"""Whatever tells facts may ask of a conversation in the middle of a step stands there."""

from appliance.flow.scope import Scope
from appliance.flow.turn import Turn


def test_a_turn_has_what_a_scope_promises() -> None:
    promised = {name for name in vars(Scope) if not name.startswith("_")}
    assert promised <= {*Turn.__struct_fields__, *vars(Turn)}
