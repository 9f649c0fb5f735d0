import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import type { ChatEvent } from "../link/frames";
import { staff as en } from "../words/en";
import { staff as zh } from "../words/zh";
import { describe, trace } from "./describe";
import { whyFacts, whyLine } from "./why";

const REASONS = { queue: "售前", home: "VIP专席", rule: "least_busy", load: "2/8", eligible: ["a"], eligible_count: 3, full: [], full_count: 0, waited_ms: 12_000, vip: true };

test("the decision in a line", () => {
  equal(whyLine(REASONS, zh), "售前 · 最闲 2/8");
  equal(whyLine({ ...REASONS, rule: "overflow" }, en), "售前 · overflow from VIP专席 2/8");
  equal(whyLine({ ...REASONS, rule: "house_rule", load: "" }, zh), "售前 · house_rule");
  equal(whyLine(null, zh), "");
});

test("the decision in full", () => {
  deepEqual(whyFacts(REASONS, en), ["waited 12 s", "VIP first", "3 could take it"]);
  deepEqual(whyFacts({}, en), []);
});

const at = { seq: 1, prev: 0, at: 1 };

test("events for staff, with names for ids", () => {
  const nameOf = (id: string): string => ({ a1: "林晓", a2: "陈立" })[id] ?? id;
  equal(describe({ ...at, kind: "released", agent: { id: "a1" } }, zh, nameOf), "林晓 离开会话");
  equal(describe({ ...at, kind: "transferred", by: { id: "a1", name: "" }, to_agent: "a2", note: "懂英语" }, zh, nameOf), "林晓 转接给 陈立 · 懂英语");
  equal(describe({ ...at, kind: "rated", score: 4, comment: "" }, en, nameOf), "Rated ★★★★");
  equal(describe({ ...at, kind: "other", what: "timer" }, zh, nameOf), null);
  equal(describe({ ...at, kind: "state", to: ["a"], by: "x" }, zh, nameOf), null);
});

test("the trace lists changes of state, whichever event brought them", () => {
  const events: ChatEvent[] = [
    { ...at, kind: "message", author: { kind: "visitor", id: "", name: "" }, text: "hi", state: ["接待", "排队"] },
    { ...at, seq: 2, kind: "state", to: ["接待", "排队"], by: "timer" },
    { ...at, seq: 3, kind: "state", to: ["接待", "人工服务"], by: "agent.accept" },
  ];
  deepEqual(trace(events).map(({ seq, state }) => [seq, state]), [[1, "排队"], [3, "人工服务"]]);
});
