"""Random bytes are handed out once."""

from appliance.runtime.entropy import Entropy


def test_no_bytes_are_handed_out_twice() -> None:
    entropy = Entropy()
    pieces = [entropy.take(10) for _ in range(2_000)]
    assert {len(piece) for piece in pieces} == {10}
    assert len(set(pieces)) == len(pieces)
