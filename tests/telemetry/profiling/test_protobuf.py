"""profile.proto: what is written reads back the same, whatever it is; what is no profile is refused."""

import gzip
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.telemetry.profiling.profile import Frame, Profile, Sample
from appliance.telemetry.profiling.protobuf import decode, encode

texts = st.text(st.characters(blacklist_categories=["Cs"]), max_size=12)
counts = st.integers(0, 2**63 - 1)
frames = st.builds(Frame, texts, texts, st.integers(0, 10**6), st.integers(0, 10**6))
labels = st.lists(st.tuples(texts, texts), max_size=3).map(tuple)


@st.composite
def profiles(draw: st.DrawFn) -> Profile:
    width = draw(st.integers(1, 3))
    types = tuple(draw(st.tuples(texts, texts)) for _ in range(width))
    values = st.tuples(*[st.integers(-(2**63), 2**63 - 1)] * width)
    stacks = st.lists(frames, max_size=6).map(tuple)
    samples = draw(st.lists(st.builds(Sample, stacks, values, labels), max_size=8))
    comments = tuple(draw(st.lists(texts, max_size=2)))
    return Profile(types, samples, 1_700_000_000.5, 2.25, ("cpu", "nanoseconds"), 10_000_000, comments)


@given(profiles())
def test_what_is_written_reads_back_the_same(profile: Profile) -> None:
    assert decode(encode(profile)) == profile


def test_the_first_string_is_empty_and_the_format_is_gzip() -> None:
    body = gzip.decompress(encode(Profile((("tasks", "count"),), [], 0.0)))
    # Field 6, length 0: the empty string, before every other string.
    assert body.index(b"\x32\x00") < body.index(b"\x32\x05tasks")


@pytest.mark.parametrize(
    "data",
    [b"", b"{}", gzip.compress(b"\xff"), gzip.compress(b"\x0a\x7f"), gzip.compress(b"\x0b"), b"\x1f\x8b\x08"],
)
def test_what_is_no_profile_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="profile"):
        decode(data)


@given(st.binary(max_size=200))
def test_nothing_but_value_error_comes_of_strange_bytes(data: bytes) -> None:
    with suppress(ValueError):
        decode(gzip.compress(data))
