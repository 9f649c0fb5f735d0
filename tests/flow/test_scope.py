"""Whatever tells facts may ask of a conversation stands in both of its forms."""

from appliance.flow.scope import Scope
from appliance.flow.turn import Turn
from appliance.model import Snapshot


def test_snapshots_and_turns_both_have_what_a_scope_promises() -> None:
    promised = {name for name in vars(Scope) if not name.startswith("_")}
    assert promised <= set(Snapshot.__struct_fields__)
    assert promised <= set(Turn.__struct_fields__)
