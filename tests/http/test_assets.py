"""Assets come from memory, under names that change with their bytes."""

import gzip
from pathlib import Path

from appliance.http.assets import Assets
from tests.http.house import DIST, build_dist


def test_every_file_is_there_plain_and_hashed_but_the_manifest_is_not(tmp_path: Path) -> None:
    assets = build_dist(tmp_path / "dist")
    assert assets.built
    plain = [name for name in DIST if name != "manifest.json"]
    assert set(plain) <= set(assets.names())
    assert len(assets.names()) == len(plain) + sum(not name.endswith(".html") for name in plain)
    assert assets.get("manifest.json") is None


def test_pages_name_the_hashed_form_which_lasts(tmp_path: Path) -> None:
    assets = build_dist(tmp_path / "dist")
    page = assets.get("console.html")
    assert page is not None
    name = page.body.split(b"/assets/")[1].split(b'"')[0].decode()
    assert name.startswith("console.")
    assert name != "console.js"
    asset = assets.get(name)
    assert asset is not None
    assert asset.lasting
    plain = assets.get("console.js")
    assert plain is not None
    assert not plain.lasting
    assert plain.body == asset.body


def test_other_bytes_get_another_name_and_tag(tmp_path: Path) -> None:
    before = build_dist(tmp_path / "dist")
    (tmp_path / "dist" / "console.js").write_text("other")
    after = Assets(tmp_path / "dist")
    assert set(before.names()) != set(after.names())
    old, new = before.get("console.js"), after.get("console.js")
    assert old is not None
    assert new is not None
    assert old.etag != new.etag


def test_text_is_packed_where_that_helps(tmp_path: Path) -> None:
    assets = build_dist(tmp_path / "dist")
    widget, icon = assets.get("widget.js"), assets.get("kefu.svg")
    assert widget is not None
    assert widget.packed is not None
    assert gzip.decompress(widget.packed) == widget.body
    assert icon is not None
    assert icon.packed is None


def test_without_a_build_there_is_nothing(tmp_path: Path) -> None:
    assets = Assets(tmp_path / "nothing")
    assert not assets.built
    assert assets.names() == []


def test_what_is_no_part_of_our_pages_stands_apart(tmp_path: Path) -> None:
    (tmp_path / "speedscope").mkdir()
    (tmp_path / "speedscope" / "index.html").write_text("viewer")
    (tmp_path / "kefu.svg").write_text("<svg/>")
    assert "kefu.svg" in Assets(tmp_path).names()
    assert not any("index" in name for name in Assets(tmp_path).names())
    assert Assets(tmp_path / "speedscope").get("index.html") is not None
