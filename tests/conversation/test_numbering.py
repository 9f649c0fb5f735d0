"""Numbers are dense, and each audience can see its own holes."""

from hypothesis import given
from hypothesis import strategies as st

from appliance import inputs, records
from appliance.conversation.numbering import advance, number
from appliance.model import Audience, Heads
from appliance.records import Happened

RECORDS: list[records.Record] = [
    Happened(inputs.VisitorSaid("c", "hi")),
    Happened(inputs.AgentNoted("a", "d", "note")),
    Happened(inputs.TimerDue(1)),
    records.Said("system", "hello"),
]


@given(st.lists(st.sampled_from(RECORDS)), st.lists(st.sampled_from(RECORDS)))
def test_every_audience_gets_a_chain_without_holes(
    one: list[records.Record], two: list[records.Record]
) -> None:
    first, middle = number("c1", "v1", Heads(), one, 5)
    second, heads = number("c1", "v1", middle, two, 6)
    entries = first + second
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    for audience, previous in ((Audience.VISITOR, "visitor_prev"), (Audience.STAFF, "staff_prev")):
        cursor = 0
        for entry in entries:
            assert getattr(entry, previous) == cursor
            if entry.audience >= audience:
                cursor = entry.seq
        assert cursor == (heads.visitor if audience is Audience.VISITOR else heads.staff)
    again = Heads()
    for entry in entries:
        again = advance(again, entry)
    assert again == heads


def test_the_visitor_is_named_as_sender_of_what_he_sent() -> None:
    (said, noted, timer, _), _ = number("c1", "v1", Heads(), RECORDS, 5)
    assert (said.sender, said.cid) == ("v1", "c")
    assert (noted.sender, noted.cid) == ("a", "d")
    assert (timer.sender, timer.cid) == (None, None)
