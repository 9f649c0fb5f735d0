"""The words of the wire: tags are unique per direction, pages of visitors are cut rather than refused."""

import typing

import pytest

from appliance.delivery import frames


@pytest.mark.parametrize("direction", [frames.ClientFrame, frames.ServerFrame])
def test_a_tag_names_one_frame(direction: object) -> None:
    tags = [frame.__struct_config__.tag for frame in typing.get_args(direction)]
    assert len(tags) == len(set(tags))


def test_a_long_page_is_cut() -> None:
    page = frames.Page("u" * 5000, "t", "r" * 3000).trimmed()
    assert (len(page.url), page.title, len(page.referrer)) == (2048, "t", 2048)
