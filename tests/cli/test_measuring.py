"""The metrics of a running appliance: every row, figures that are true, and no label that a stranger chose."""

import asyncio
import json
import random
import subprocess
import urllib.request
from collections.abc import Iterator

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from appliance.cli.measuring import COMMON_EVENT, EVENTS, FORMER, STORED, _flow, _known, _merged, _summed
from appliance.config.load import load_bytes
from appliance.config.spec import Spec
from appliance.figures import PATIENCE, Histogram
from appliance.flow.compile import compile_flow
from appliance.flow.graph import Graph
from appliance.runtime.tally import NOWHERE, START, Tally
from appliance.telemetry.metrics import BY_NAME, CATALOGUE
from tests.faults.crowd import crowd, until
from tests.shipped import kefu_yaml
from tools.loadtest.serving import Serving

Series = dict[tuple[str, tuple[tuple[str, str], ...]], float]
"""By the name of the sample and its labels."""


CONFIG = kefu_yaml("100ms", thresholds="[{when: load > 99%, action: read_receipts_off}]")
"""With a threshold, so that there is one to tell of; what it switches off is looked at by no test here."""


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with Serving(tmp_path_factory.mktemp("metrics"), CONFIG) as running:
        yield running


def scraped(serving: Serving) -> str:
    """Return what Prometheus would read: over TCP, with the token."""
    token = (serving.data / "admin.token").read_text().strip()
    asked = urllib.request.Request(  # noqa: S310  # our own address
        f"{serving.status()['admin_url']}/metrics", headers={"Authorization": f"Bearer {token}"}
    )
    with urllib.request.urlopen(asked) as got:  # noqa: S310
        text: str = got.read().decode()
    return text


def series(text: str) -> Series:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def values(found: Series) -> dict[str, set[str]]:
    """Return all values of each label."""
    seen: dict[str, set[str]] = {}
    for _, labels in found:
        for label, value in labels:
            seen.setdefault(label, set()).add(value)
    return seen


def judged(text: str) -> None:
    """Let Debian's promtool judge the text."""
    done = subprocess.run(
        ["promtool", "check", "metrics"], input=text, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_fresh_appliance_tells_every_row_and_nothing_else(serving: Serving) -> None:
    text = scraped(serving)
    judged(text)
    families = {family.name: family for family in text_string_to_metric_families(text)}
    assert list(families) == [metric.family for metric in CATALOGUE]
    for metric in CATALOGUE:
        family = families[metric.family]
        assert family.type == metric.kind
        assert family.documentation == metric.help.en
        assert family.samples, f"{metric.name} has no series yet: a rate over it would have no value"
        for sample in family.samples:
            assert set(sample.labels) - {"le"} == set(metric.labels)
        if metric.kind == "histogram":
            edges = {sample.labels["le"] for sample in family.samples if sample.name.endswith("_bucket")}
            assert edges == {*map(str, metric.buckets), "+Inf"}


async def test_the_figures_are_those_of_what_happened(serving: Serving) -> None:
    before = series(await asyncio.to_thread(scraped, serving))
    cookies = [serving.hire(f"agent{n}", 8) for n in range(2)]
    async with crowd(serving.port, 6, cookies, stammer=0) as group:
        await group.all_served()
        await group.said(150)
        await group.calm()
        during = series(await asyncio.to_thread(scraped, serving))
        acks = group.acks
    await until(lambda: not serving.status()["sockets"], "somebody stayed")
    text = await asyncio.to_thread(scraped, serving)
    judged(text)
    after = series(text)

    def grown(name: str, **labels: str) -> float:
        return increase(name, during, labels)

    def increase(name: str, found: Series, labels: dict[str, str]) -> float:
        chosen = [key for key in found if key[0] == name and set(labels.items()) <= set(key[1])]
        assert chosen, (name, labels)
        return sum(found[key] - before.get(key, 0) for key in chosen)

    assert grown("kefu_messages_total", direction="in") == acks
    assert grown("kefu_message_ack_seconds_count") == acks
    assert grown("kefu_message_size_bytes_count") == acks
    assert grown("kefu_store_batch_rows_sum") >= acks
    assert grown("kefu_store_commit_seconds_count") > 0
    assert grown("kefu_message_delivery_seconds_count", path="direct") > acks
    assert grown("kefu_sessions_started_total", queue="售前") == 6
    assert grown("kefu_session_wait_seconds_count", queue="售前") == 6
    assert grown("kefu_first_response_seconds_count") <= 6
    assert grown("kefu_routing_decisions_total", result="least_busy") >= 6
    assert increase("kefu_flow_transitions_total", during, {"from": START}) == 6
    assert grown("kefu_ws_handshakes_total", result="accepted") == 8
    assert during["kefu_ws_connections", (("role", "visitor"),)] == 6
    assert during["kefu_ws_connections", (("role", "agent"),)] == 2
    assert during["kefu_agents", (("state", "ready"),)] == 2
    assert during["kefu_agent_capacity_slots", (("queue", "售前"),)] == 16
    assert grown("kefu_agent_active_sessions") == 6
    assert 8 <= during["kefu_process_open_fds", ()] - before["kefu_process_open_fds", ()] <= 20
    assert grown("kefu_sessions") == 6
    ended = increase("kefu_ws_disconnects_total", after, {})
    assert ended == 8, "a connection ended twice, or without a reason"
    never = [
        name for name in ("retry", "unavailable", "full") if grown("kefu_messages_refused_total", reason=name)
    ]
    assert never == []
    counters = {metric.name for metric in CATALOGUE if metric.kind == "counter"}
    assert [key for key in before if key[0] in counters and after.get(key, -1) < before[key]] == []


async def test_a_flood_of_names_adds_no_label_value(serving: Serving) -> None:
    known = values(series(await asyncio.to_thread(scraped, serving)))
    for n in range(12):
        serving.hire(f"stranger-{n}", 1)
    dice = random.Random(7)
    url = f"http://127.0.0.1:{serving.port}"
    async with aiohttp.ClientSession() as client:
        for n in range(40):
            headers = {"Origin": f"https://shop-{n}.example", "User-Agent": f"robot/{n}"}
            async with client.get(f"{url}/ws/visitor?page={n}", headers=headers) as turned_away:
                assert turned_away.status == 403
            async with client.get(f"{url}/no-such-page-{n}", headers=headers) as lost:
                assert lost.status == 404
            await _strange_visitor(client, url, n, dice)
    after = series(await asyncio.to_thread(scraped, serving))
    assert after["kefu_ws_handshakes_total", (("result", "origin"),)] >= 40
    assert after["kefu_ws_disconnects_total", (("reason", "peer"),)] >= 20
    assert after["kefu_ws_disconnects_total", (("reason", "bad_frame"),)] >= 10
    assert after["kefu_messages_refused_total", (("reason", "unknown"),)] >= 20
    found = values(after)
    states = set(_states(CONFIG)) | {START, STORED, FORMER}
    tiers = {"0", "1", "2", "3"}
    bounded = {
        "state": known["state"] | states,
        "from": states | tiers,
        "to": states | tiers,
        "event": set(EVENTS.values()),
        "queue": {"VIP专席", "售前", "售后", NOWHERE, FORMER},
    }
    for label, seen in found.items():
        assert seen <= bounded.get(label, known[label]), f"{label}: {seen - known[label]}"


async def _strange_visitor(client: aiohttp.ClientSession, url: str, n: int, dice: random.Random) -> None:
    """Come in with names of one's own, say and do strange things, and leave with a strange close code."""
    async with client.ws_connect(f"{url}/ws/visitor", headers={"Origin": url}) as ws:
        page = {"url": f"https://a.example/{n}", "title": f"t{n}", "referrer": f"r{n}"}
        await ws.send_json({"t": "hello", "v": 1, "page": page})
        await ws.receive()
        await ws.send_json(
            {"t": "send", "cid": f"0193-{n:08}", "conversation": None, "text": f"名字{n}", "menu": f"菜单{n}"}
        )
        heard = json.loads((await ws.receive()).data)
        frames = heard if isinstance(heard, list) else [heard]
        conversation = next((each["conversation"] for each in frames if each["t"] == "ack"), f"c{n}")
        for act in ("end", "rate", "ask_human"):
            await ws.send_json({"t": "do", "cid": f"{act}-{n:08}", "conversation": conversation, "act": act})
        await ws.send_json({"t": "do", "cid": f"none-{n:08}", "conversation": f"made-up-{n}", "act": "end"})
        if n % 3 == 0:
            await ws.send_json({"t": f"frame{n}"})
        await ws.close(code=dice.choice([1000, 1001, 3000 + n, 4000 + n]))


def _states(text: str) -> list[str]:
    spec, found = load_bytes(text.encode(), "kefu.yaml")
    assert spec is not None, found.render("en")
    return list(compiled(spec).nodes)


def compiled(spec: Spec) -> Graph:
    graph, problems = compile_flow(spec)
    assert graph is not None, problems
    return graph


def test_names_of_an_older_configuration_have_one_name_together() -> None:
    name_of = _known(["售前", "售后"], NOWHERE)
    assert _summed({"售前": 1, "旧一": 2, "旧二": 3, NOWHERE: 4}, name_of) == {
        "售前": 1,
        FORMER: 5,
        NOWHERE: 4,
    }
    waits = {"售前": Histogram(PATIENCE), "旧一": Histogram(PATIENCE), "旧二": Histogram(PATIENCE)}
    for wait in waits.values():
        wait.observe(3)
    merged = _merged(waits, name_of, ["售前", "售后"])
    assert {name: wait.count for name, wait in merged.items()} == {"售前": 1, "售后": 0, FORMER: 2}
    assert waits["旧一"].count == 1, "reading changes nothing"


REGIONS = """
kefu: 1
flows:
  main:
    initial: 里面
    states:
      里面:
        parallel: true
        on: {用户结束: {to: 完}}
        states:
          左: {initial: 左一, states: {左一: {on: {用户发送消息: {to: 左二}}}, 左二: {}}}
          右: {initial: 右一, states: {右一: {}}}
      完: {final: true}
"""


def test_states_are_those_of_the_live_flow_whatever_was_counted() -> None:
    spec, found = load_bytes(REGIONS.encode(), "kefu.yaml")
    assert spec is not None, found.render("en")
    tally = Tally(lambda conversation: None)
    tally.standing.update({"左一": 2, "右一": 2, "旧": 1, "老": 1})
    tally.moves.update({("左一", "左二"): 1, ("旧", "左一"): 2, ("老", "左一"): 3})
    tally.open, tally.here = 9, 4
    told = _flow(tally, {("左一 + 右一", "VisitorSaid"): 1, ("旧", "Custom"): 2}, compiled(spec))
    assert told["kefu_sessions"] == {"左一": 2, "左二": 0, "右一": 2, FORMER: 2, STORED: 5}
    moves = told["kefu_flow_transitions_total"]
    assert isinstance(moves, dict)
    assert moves[FORMER, "左一"] == 5
    assert moves["左一", "左二"] == 1
    assert told["kefu_flow_unhandled_total"] == {
        ("左一", COMMON_EVENT): 1,
        ("左二", COMMON_EVENT): 0,
        ("右一", COMMON_EVENT): 0,
        (FORMER, "custom"): 2,
    }


def test_every_kind_of_input_has_a_word_and_the_rows_know_the_labels_used_here() -> None:
    assert EVENTS["VisitorSaid"] == COMMON_EVENT
    assert len(set(EVENTS.values())) == len(EVENTS) > 20
    assert BY_NAME["kefu_flow_unhandled_total"].labels == ("state", "event")
