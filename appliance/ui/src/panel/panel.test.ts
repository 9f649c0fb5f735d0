import { deepEqual, equal, match } from "node:assert/strict";
import { test } from "node:test";
import { charts } from "./live";
import { bytes, millis, percent, points, whole } from "./numbers";
import { path, top } from "./scale";
import { WORDS } from "./words";
import { flameOf, type Capture, type Point } from "./data";

test("figures read as people write them", () => {
  equal(millis(3.14159), "3.1 ms");
  equal(millis(312), "312 ms");
  equal(millis(1200), "1.20 s");
  equal(bytes(900), "900 B");
  equal(bytes(64462848), "61.5 MiB");
  equal(percent(0.9731), "97.3%");
  equal(points(-0.12), "−12.0");
  equal(points(0.005), "+0.5");
  equal(whole(19000), "19,000");
});

test("a scale is round, and no value sticks out", () => {
  equal(top([3, 42], 10), 50);
  equal(top([], 10), 10);
  equal(top([0.2], 1, 1), 1);
  for (const value of [1, 7, 99, 1001, 123456]) equal(top([value], 1) >= value, true);
});

test("a line ends at the right, leaves gaps, and steps where it is told to", () => {
  equal(path([0, 10], 10), "M299.0 79.0L300.0 1.0");
  equal(path([1, null, 1], 10).split("M").length, 3);
  match(path([0, 3], 3, true), /^M299\.0 79\.0H300\.0V1\.0$/);
});

test("both languages say everything, with the same places", () => {
  const places = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
  for (const key of Object.keys(WORDS.zh) as (keyof typeof WORDS.zh)[]) {
    deepEqual(places(WORDS.zh[key]), places(WORDS.en[key]), key);
  }
});

test("the charts show the newest point, and nothing where nothing was asked for", () => {
  const point: Point = {
    at: 1, lag: 12, gc: [0, 1, 38.9], rss: 1048576, tasks: 5, threads: 4, cpu: 0.5, pools: { db: 0.5, sessions: null }, load: 0.7, tier: 1,
  };
  const found = new Map(charts([point], WORDS.en).map((each) => [each.id, each.series.map((series) => series.shown)]));
  deepEqual(found.get("lag"), ["12.0 ms"]);
  deepEqual(found.get("gc"), ["0.0 ms", "1.0 ms", "38.9 ms"]);
  deepEqual(found.get("pools"), ["50.0%", "–"]);
  deepEqual(found.get("load"), ["0.70", "1"]);
  deepEqual(charts([], WORDS.zh).map((each) => each.series.length > 0), [true, true, true, true, true, false, true]);
});

test("a flame graph is opened from here", () => {
  const capture: Capture = { id: "a b", at: 0, kind: "cpu", seconds: 1, bytes: 1, cause: "operator", tier: null, load: null, component: "" };
  equal(flameOf(capture), "/panel/speedscope/#profileURL=%2Fadmin%2Fcaptures%2Fa%2520b&title=a%20b");
});
