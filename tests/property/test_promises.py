"""The explorer against two judges on random flows: SPIN, and an explorer that goes millisecond by millisecond."""

import tempfile
from pathlib import Path

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from appliance.flow.verify_search import Budget
from appliance.flow.verify_story import story_of
from tests.flow.promised import promise_of, searched
from tests.property.promises import random_spec
from tests.property.ticks import TooMany, breaks
from tests.tools.spin import TooDeep, violated
from tools.promela import promela

seeds = st.integers(0, 1 << 32)
BUDGET = (3_000, 30_000)


@given(seeds)
@settings(max_examples=12)
def test_spin_says_the_same(seed: int) -> None:
    spec = random_spec(seed)
    search, _, breach = searched(spec, Budget(*BUDGET))
    assume(search.arose and (search.decided or breach is not None))
    with tempfile.TemporaryDirectory() as folder:
        try:
            broken = violated(promela(spec, promise_of(spec)), Path(folder))
        except TooDeep:
            return
    assert broken == (breach is not None)


@given(seeds, st.booleans())
@settings(max_examples=60)
def test_going_through_every_millisecond_says_the_same(seed: int, regions: bool) -> None:
    spec = random_spec(seed, regions)
    search, _, breach = searched(spec, Budget(*BUDGET))
    assume(search.arose and (search.decided or breach is not None))
    try:
        assert breaks(spec, 2_000) == (breach is not None)
    except TooMany:
        return


@given(seeds, st.booleans())
@settings(max_examples=100)
def test_every_breach_has_a_story_that_the_real_step_confirms(seed: int, regions: bool) -> None:
    spec = random_spec(seed, regions)
    _, machine, breach = searched(spec, Budget(*BUDGET))
    assert breach is None or story_of(machine, promise_of(spec), breach) is not None
