"""VIPs of a load are believed by the appliance, and only with its secret."""

import time

import pytest

from appliance.http.signatures import Signatures
from tools.loadtest.identities import LEVEL, signed, vips


def test_the_appliance_believes_them() -> None:
    now = time.time()
    signatures = Signatures(b"k" * 32, lambda: "secret")
    visitor = signatures.signed(signed("vip-7", "secret", now), int(now * 1000))
    assert visitor is not None
    assert (visitor.id, visitor.level, visitor.signed) == ("u-vip-7", LEVEL, True)
    assert signatures.signed(signed("vip-7", "another", now), int(now * 1000)) is None


@pytest.mark.parametrize(
    ("share", "visitors", "count"), [(0.1, 300, 30), (0.0, 300, 0), (0.01, 10, 1), (1.0, 7, 7)]
)
def test_there_are_as_many_as_wanted_each_another(share: float, visitors: int, count: int) -> None:
    numbers = [number for number, _ in vips(share, visitors, "s", 0.0)]
    assert len(set(numbers)) == len(numbers) == count
    assert all(0 <= number < visitors for number in numbers)
