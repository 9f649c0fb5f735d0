"""What came early is given once, in order, with the heads known by then; more than the most is refused."""

from collections.abc import Mapping

from appliance.delivery.early import MOST_EARLY, Early


def test_calls_come_in_order_and_know_the_heads() -> None:
    early = Early()
    seen: list[tuple[str, int]] = []

    def first(heads: Mapping[str, int]) -> None:
        seen.append(("first", heads["c1"]))

    assert early.keep(first)
    assert early.keep(lambda heads: seen.append(("second", heads.get("c2", 0))))
    early.heads["c1"] = 7
    early.deliver()
    assert seen == [("first", 7), ("second", 0)]


def test_there_is_a_most() -> None:
    early = Early()
    assert all(early.keep(lambda heads: None) for _ in range(MOST_EARLY))
    assert not early.keep(lambda heads: None)
