"""The whole report: fourteen sections in both languages, nothing of the results can run, and no results can break it."""

import json
import re
from html.parser import HTMLParser
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.errors import Language
from tests.tools.loadtest.report.sample import empty, sample, selfcheck, totals
from tools.loadtest import results as form
from tools.loadtest.report.page import contents, csv, html
from tools.loadtest.results import Results

VOID = {"meta", "link", "br", "hr", "img", "input"}
WHOLE = sample()
PAGE = html(WHOLE, sample(seed=6))


class Balance(HTMLParser):
    """Notes tags that are closed out of order, ids that occur twice, and the text of each language."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.ids: list[str] = []
        self.sections: list[str] = []
        self.scripts: list[dict[str, str | None]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.ids += [found["id"] or ""] if "id" in found else []
        if tag == "section" and "data-section" in found:
            self.sections.append(found["id"] or "")
        if tag == "script":
            self.scripts.append(found)
        self.wrong += [name for name in found if name.startswith("on")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


def test_all_fourteen_sections_stand_in_both_languages_in_order() -> None:
    found = Balance(PAGE)
    assert found.sections == [f"{language}-{number}" for language in ("zh", "en") for number in range(1, 15)]
    assert [section.number for section in contents(WHOLE)[1]] == list(range(1, 15))


@pytest.mark.parametrize("results", [WHOLE, empty(), sample(ended="interrupted", ladder=None, profiles=None)])
def test_tags_are_balanced_and_ids_unique(results: Results) -> None:
    found = Balance(html(results))
    assert (found.wrong, found.open) == ([], [])
    assert len(found.ids) == len(set(found.ids))


def test_nothing_is_loaded_from_anywhere() -> None:
    assert re.findall(r'(?:src|href)="(?!#|data:)[^"]*"|url\(|@import', PAGE) == []


def test_what_the_results_say_cannot_run() -> None:
    evil = '</script><script>alert(1)</script><img src=x onerror="alert(2)">'
    named = sample(
        scenario=evil, title_zh=evil, title_en=evil, command=[evil], errors=[form.Error(evil, 1, 0.0, evil)]
    )
    page = html(
        msgspec.structs.replace(named, totals=totals(sent=1, findings=[evil]), profiles={evil: f"{evil} 3"})
    )
    found = Balance(page)
    assert len(found.scripts) == 3, "two blocks of data and the switch"
    assert (found.wrong, found.open) == ([], [])
    assert "<img" not in page


def test_the_raw_data_is_inside() -> None:
    raw = re.search(r'id="raw-json"[^>]*>(.*?)</script>', PAGE, re.DOTALL)
    assert raw
    assert form.decode(raw[1].encode()) == WHOLE
    assert json.loads(raw[1])["seed"] == 7


@pytest.mark.parametrize("language", get_args(Language))
def test_the_language_asked_for_is_shown_first(language: Language) -> None:
    page = html(empty(), lang=language)
    assert f'data-lang="{language}" data-chosen' in page
    assert "data-chosen" not in html(empty()).split(">", 2)[1]


def test_chinese_has_no_english_sentences_and_none_is_missing() -> None:
    for section in contents(WHOLE)[1]:
        for text in (section.title, section.lead):
            assert text.zh
            assert text.en
            assert re.search(r"[\u4e00-\u9fff]", text.zh)
            assert not re.search(r"[\u4e00-\u9fff]", text.en)


def test_a_saturated_or_interrupted_run_says_so_above_everything() -> None:
    page = html(sample(generator=selfcheck(saturated=True, why="CPU"), ended="interrupted"))
    assert page.count('class="alarm bad"') == page.count('class="alarm warn"') == 2
    assert 'class="alarm' not in html(WHOLE)


def test_untested_parts_are_called_so() -> None:
    untested = [section.number for section in contents(empty())[1] if not section.tested]
    assert untested == [4, 5, 6, 7, 8, 9, 13]


def test_the_table_of_seconds_joins_connections_and_messages() -> None:
    rows = csv(WHOLE).splitlines()
    assert rows[0].split(",") == [
        "at_s",
        "opened",
        "failed",
        "live",
        "offered",
        "sent",
        "acked",
        "delivered",
        "refused",
    ]
    assert len(rows) == 301
    assert {len(row.split(",")) for row in rows} == {9}
    only = empty(ramp=[form.Ramp(2.0, 1, 0, 1)], throughput=[form.Second(1.0, 5, 4, 3, 2, 1)])
    assert csv(only).splitlines()[1:] == ["1,,,,5,4,3,2,1", "2,1,0,1,,,,,"]


numbers = st.one_of(st.just(0), st.integers(0, 2**60))
reals = st.one_of(st.just(0.0), st.floats(0, 1e300), st.floats(0, 5000))
texts = st.text(st.characters(codec="utf-8"), max_size=8)


def structs(kind: type[Any], **known: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    by_type: dict[Any, st.SearchStrategy[Any]] = {
        int: numbers,
        float: reals,
        str: texts,
        bool: st.booleans(),
        list[str]: st.lists(texts, max_size=2),
        list[int]: st.lists(numbers, max_size=4),
        dict[str, str]: st.dictionaries(texts, texts, max_size=2),
        int | None: st.none() | numbers,
        float | None: st.none() | reals,
    }
    fields = msgspec.structs.fields(kind)
    return st.builds(kind, **{f.name: known[f.name] if f.name in known else by_type[f.type] for f in fields})


def several(kind: type[Any], **known: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(structs(kind, **known), max_size=3)


ANY = structs(
    Results,
    format=st.just(1),
    ended=st.sampled_from(["complete", "interrupted"]),
    environment=structs(form.Environment),
    targets=several(
        form.Target, measure=st.sampled_from(["totals.lost", "latencies.ack.p99_ms", "x.y", "seed"])
    ),
    phases=several(form.Phase),
    ramp=several(form.Ramp),
    throughput=several(form.Second),
    totals=structs(form.Totals, judged=st.sampled_from(["journals", "journals and database"])),
    latencies=st.dictionaries(
        st.sampled_from(["ack", "ack_vip", "show", "handshake", "else"]),
        structs(form.Latency, heat=several(form.Slot)),
        max_size=3,
    ),
    resources=several(form.Resource),
    generator=structs(form.SelfCheck),
    errors=several(form.Error),
    ladder=st.none() | several(form.Load, tier=st.integers(0, 5)),
    rungs=st.none() | several(form.Rung),
    overload=st.none() | structs(form.Overload),
    idle=st.none() | structs(form.Idle),
    burst=st.none() | structs(form.Burst),
    storm=st.none() | structs(form.Storm),
    soak=st.none() | structs(form.Soak),
    profiles=st.none() | st.dictionaries(texts, texts, max_size=2),
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(ANY, st.none() | ANY)
def test_any_results_make_a_sound_page(results: Results, previous: Results | None) -> None:
    found = Balance(html(results, previous))
    assert (found.wrong, found.open, len(found.sections)) == ([], [], 28)
