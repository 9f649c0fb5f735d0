"""What a page says is done and compared: nothing that stands in it is believed."""

from pathlib import Path

import pytest

from tests.docs.recipes import DoesNotApply
from tests.docs.walkthrough import Walkthrough, blocks, normalised


def test_what_a_page_claims_is_replaced_by_what_is_printed(tmp_path: Path) -> None:
    walk = Walkthrough(tmp_path, "zh")
    page = "先看:\n\n```console\n$ kefu check --offline\n一切都好。\n$ kefu test 没有这个\n```\n\n完。\n"
    assert walk.walked(page) == (
        "先看:\n\n```console\n$ kefu check --offline\nkefu.yaml：没有问题。\n"
        "$ kefu test 没有这个\nkefu: 没有测试“没有这个”。\n```\n\n完。\n"
    )
    assert walk.codes == [0, 2]


def test_an_edit_changes_what_the_next_command_sees(tmp_path: Path) -> None:
    walk = Walkthrough(tmp_path, "en")
    page = (
        "```diff\n--- a/kefu.yaml\n+++ b/kefu.yaml\n@@ -2,2 +2,1 @@\n-kefu: 1\n"
        ' site: {name: Our shop, timezone: Europe/London, origins: ["https://shop.example.com"]}\n```\n'
        "```console\n$ kefu check --offline\n```\n"
    )
    assert "error[K203]" in walk.walked(page)
    assert walk.codes == [1]
    with pytest.raises(DoesNotApply):
        walk.walked(page)


def test_only_kefu_is_run(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="not rm"):
        Walkthrough(tmp_path, "en").walked("```console\n$ rm -r data\n```\n")


def test_blocks_of_other_kinds_are_only_read(tmp_path: Path) -> None:
    page = "```yaml\n$ kefu none\n```\n\n```\n$ kefu none\n```\n"
    assert [block.kind for block in blocks(page)] == ["yaml", ""]
    assert Walkthrough(tmp_path, "en").walked(page) == page


def test_days_and_ids_do_not_count() -> None:
    one, other = "2  2026-11-26 01:30  lin  0123456789ab", "2  2027-01-02 23:59  lin  ba9876543210"
    assert normalised(one) == normalised(other) != normalised(one.replace("lin", "li"))
