"""What is measured in the process itself: figures of the right kind, and a codec that threads may share."""

import gc

from tools.claims.pooling import Cyclic, codec, cost, filled, pooling


def test_a_cycle_costs_collections_and_no_cycle_costs_none() -> None:
    found = pooling(rounds=3_000, turns=1)
    assert found.cyclic_context.collections > 1_000
    assert found.made_context.collections == found.kept_context.collections == 0
    assert found.made_decoder.ns > 0
    assert found.kept_decoder.ns > 0


def test_the_collector_is_left_as_it_was() -> None:
    before, callbacks = gc.get_threshold(), list(gc.callbacks)
    cost(lambda: filled(Cyclic()), 100)
    assert (gc.get_threshold(), gc.callbacks) == (before, callbacks)


def test_threads_share_a_codec() -> None:
    found = codec(calls=500, threads=3)
    assert (found.threads, found.calls, found.wrong) == (3, 3_000, 0)
