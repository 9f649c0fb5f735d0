"""Options change a scenario in proportion, and what kefu's limits forbid is refused before the start."""

import pytest

from appliance.errors import Text
from tools.loadtest.reading import SCENARIOS, read
from tools.loadtest.results import Target
from tools.loadtest.scenario import Phase, Scenario, offered, unfit


def scenario(*phases: Phase, agents: int = 1) -> Scenario:
    return Scenario("s", Text("场景", "a scenario"), phases, agents)


CHAT = scenario(
    Phase("arrive", 10, visitors=100, greet=True),
    Phase("low", 10, rate=50, agent_rate=2),
    Phase("high", 20, rate=200, agent_rate=4),
    Phase("count", messages=1_000),
)


def test_its_size() -> None:
    assert CHAT.visitors == 100
    assert CHAT.seconds == 40
    assert CHAT.messages == 100 + 520 + 4_080 + 1_000


def test_options_keep_the_proportions() -> None:
    small = CHAT.resized(visitors=10, agents=2, rate=20, seconds=4, scale=0.1)
    assert (small.visitors, small.agents, small.seconds) == (10, 2, 4)
    assert [phase.rate for phase in small.phases] == [None, 5, 20, None]
    assert small.phases[1].agent_rate == pytest.approx(0.2)
    assert small.phases[3].messages == 100
    assert CHAT.resized() == CHAT
    assert CHAT.resized(agents=0).phases[2].agent_rate == 0


def test_targets_that_count_visitors_or_messages_go_along() -> None:
    counted = Scenario(
        "s",
        Text("", ""),
        (Phase("a", 1, visitors=100, messages=10),),
        targets=(
            Target("c", "totals.connections", at_least=100),
            Target("a", "totals.acked", at_least=10),
            Target("p", "latencies.ack.p99_ms", at_most=5),
        ),
    )
    assert [each.at_least for each in counted.resized(visitors=50, scale=10).targets] == [50, 100, None]


def test_a_think_time_is_a_rate_of_all_visitors() -> None:
    assert offered(Phase("t", 1, think=4), 200) == 50
    assert offered(Phase("t", 1, rate=7), 200) == 7


@pytest.mark.parametrize(
    ("broken", "key", "words"),
    [
        (scenario(Phase("x", 1, rate=5)), "rate", "no visitors"),
        (scenario(Phase("x", 1, visitors=2, rate=51)), "rate", "50 messages a second"),
        (scenario(Phase("x", 1, visitors=2, rate=5, agent_rate=5)), "agent_rate", "4 messages a second"),
        (scenario(Phase("x", 1, visitors=2, rate=5, think=1)), "rate", "only one"),
        (scenario(Phase("x", 1, visitors=500, greet=True)), "agents", "cannot serve 500"),
    ],
)
def test_what_cannot_be_run_is_refused(broken: Scenario, key: str, words: str) -> None:
    (found,) = unfit(broken)
    assert found[1] == key
    assert words in found[2].en
    assert found[3].en
    assert found[3].zh
    assert unfit(CHAT) == []


def test_a_share_among_the_targets_stays_a_share() -> None:
    scenario, _ = read((SCENARIOS / "overload.yaml").read_bytes(), "overload.yaml", "overload")
    assert scenario is not None
    goals = {target.measure: target.at_least for target in scenario.resized(visitors=100, rate=900).targets}
    assert goals["overload.goodput_share"] == 0.8
