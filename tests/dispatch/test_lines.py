"""The order of a line, and what an agent's slot looks at."""

from appliance.dispatch.lines import WaitingRoom
from appliance.dispatch.roster import Slot
from appliance.dispatch.rules import QueueRule
from appliance.effects import WantAgent

NOW = 1_000_000
SALES = QueueRule("售前", vip_first=True)
PLAIN = QueueRule("售后")


def room_with(*wants: tuple[str, WantAgent], now: int = NOW) -> WaitingRoom:
    room = WaitingRoom([SALES, PLAIN])
    for name, want in wants:
        room.put(room.arrive(name, want, now), now)
    return room


def names(room: WaitingRoom, queue: str = "售前") -> list[str]:
    return [room.by_number[key[3]].conversation for key in room.lines[queue].standing]


def askers(room: WaitingRoom, queue: str = "售前") -> list[str]:
    return [wish.conversation for wish in room.askers(queue)]


def ask(since: int, queue: str = "售前", **more: object) -> WantAgent:
    return WantAgent(queue=queue, since=since, asking=True, visit=1, **more)  # type: ignore[arg-type]


def test_the_order_of_a_line() -> None:
    room = room_with(
        ("left", ask(NOW - 400_000, left=True)),
        ("left vip", ask(NOW - 1, left=True, vip=True)),
        ("late", ask(NOW - 10)),
        ("early", ask(NOW - 20)),
        ("urgent", ask(NOW - 5, priority=1)),
        ("vip", ask(NOW - 1, vip=True)),
        ("aged", ask(NOW - 300_000)),
        ("aged first", ask(NOW - 300_001, priority=-3)),
    )
    live = ["aged first", "aged", "vip", "urgent", "early", "late"]
    assert names(room) == [*live, "left vip", "left"]
    assert room.lines["售前"].length == len(live)


def test_vip_counts_only_where_the_queue_says_so() -> None:
    room = room_with(("plain", ask(NOW - 10, "售后")), ("vip", ask(NOW - 5, "售后", vip=True)))
    assert names(room, "售后") == ["plain", "vip"]


def test_nobody_ages_where_the_queue_does_not_age() -> None:
    room = WaitingRoom([QueueRule("q", ageing=0)])
    for name, want in (("old", ask(0, "q")), ("urgent", ask(NOW, "q", priority=1))):
        room.put(room.arrive(name, want, NOW), NOW)
    assert names(room, "q") == ["urgent", "old"]


def test_equal_times_keep_the_order_of_arrival() -> None:
    room = room_with(*((f"c{number}", ask(NOW)) for number in range(5)))
    assert names(room) == [f"c{number}" for number in range(5)]


def test_who_does_not_ask_or_has_an_offer_keeps_his_place_only() -> None:
    room = room_with(("a", ask(1)), ("b", WantAgent("售前", 2, False, 0)), ("c", ask(3)))
    assert (names(room), askers(room)) == (["a", "b", "c"], ["a", "c"])
    wish = room.wishes["a"]
    wish.slot = Slot("a", 1, "agent", "售前")
    room.settle(wish)
    assert (names(room), askers(room)) == (["a", "b", "c"], ["c"])
    room.put(wish, NOW)
    assert askers(room) == ["c"]


def test_an_overflowing_wish_asks_in_two_queues_and_stands_in_one() -> None:
    room = room_with(("a", ask(1, "售后", vip=True)))
    room.wishes["a"].overflow = "售前"
    room.put(room.wishes["a"], 10)
    assert (askers(room, "售后"), askers(room, "售前"), names(room, "售前")) == (["a"], ["a"], [])
    room.drop("a")
    assert (askers(room, "售后"), askers(room, "售前")) == ([], [])


def test_a_transfer_asks_in_the_agents_own_list_until_it_falls_back() -> None:
    room = room_with(("a", ask(1, only="x")))
    wish = room.wishes["a"]
    assert (askers(room), names(room), len(room.meant["x"])) == ([], ["a"], 1)
    room.fall_back(wish)
    assert room.meant == {}
    room.put(wish, NOW)
    assert askers(room) == ["a"]


def test_places_compare_across_lines() -> None:
    room = room_with(
        ("second line", ask(NOW - 50, "售后")),
        ("first line", ask(NOW - 1)),
        ("aged in second", ask(NOW - 300_000, "售后")),
        ("left in first", ask(NOW - 100, left=True)),
    )
    found = []
    for line in room.lines.values():
        found += [(line.place(key), room.by_number[key[3]].conversation) for key in line.standing]
    assert [name for _, name in sorted(found)] == [
        "aged in second",
        "first line",
        "second line",
        "left in first",
    ]


def test_moving_to_another_line_leaves_nothing_behind() -> None:
    room = room_with(("a", ask(1)), ("b", ask(2)))
    room.renew(room.wishes["a"], ask(1, "售后"), NOW)
    room.put(room.wishes["a"], NOW)
    assert (names(room), names(room, "售后")) == (["b"], ["a"])
    assert room.drop("nobody") is None


def test_the_expected_wait_is_the_median_of_the_last_twenty() -> None:
    assert WaitingRoom([SALES]).lines["售前"].expected is None
    line = WaitingRoom([SALES]).lines["售前"]
    for wait in (1_000, 9_000, -5):
        line.waited(wait)
    assert line.expected == 1_000
    for _ in range(20):
        line.waited(7_000)
    assert line.expected == 7_000


def test_a_room_adopts_wishes_with_their_numbers() -> None:
    old = room_with(("a", ask(5)), ("b", ask(5)))
    new = WaitingRoom([SALES])
    for wish in old.wishes.values():
        old.leave(wish)
        new.adopt(wish)
        new.put(wish, NOW)
    new.put(new.arrive("c", ask(5), NOW), NOW)
    assert names(new) == ["a", "b", "c"]
