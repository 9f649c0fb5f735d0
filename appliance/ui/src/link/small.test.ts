import { deepEqual, equal, match, ok } from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "../../test/fake_clock";
import { browserKeep } from "./keep";
import { TypingSender } from "./typing";
import { uuid7 } from "./uuid7";

test("ids are UUIDv7 and sort in the order they were made, also within one millisecond", () => {
  const now = Date.now();
  const ids = Array.from({ length: 5_000 }, (_, i) => uuid7(now + Math.floor(i / 3000)));
  for (const id of ids.slice(0, 50)) match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  deepEqual([...ids].sort(), ids);
  equal(new Set(ids).size, ids.length);
});

test("a clock that goes back does not break the order", () => {
  const late = uuid7(Date.now() + 10_000);
  ok(uuid7(Date.now()) > late);
});

test("storage that throws is replaced by memory", () => {
  const keep = browserKeep(() => {
    throw new Error("forbidden");
  });
  keep.set("a", "1");
  equal(keep.get("a"), "1");
  deepEqual(keep.keys(""), ["a"]);
  keep.remove("a");
  equal(keep.get("a"), null);
});

test("typing is told at most once a second, always with the last text, and ends after 5 s", async () => {
  const clock = new FakeClock();
  const told: [boolean, string][] = [];
  const sender = new TypingSender(clock, (on, text) => void told.push([on, text]));
  for (let i = 1; i <= 20; i++) {
    sender.wrote("x".repeat(i));
    await clock.pass(100);
  }
  ok(told.length <= 3, String(told.length));
  await clock.pass(1_000);
  deepEqual(told.at(-1), [true, "x".repeat(20)]);
  await clock.pass(6_000);
  deepEqual(told.at(-1), [false, "x".repeat(20)]);
  sender.wrote("y");
  sender.wrote("");
  deepEqual(told.at(-1), [false, ""]);
});
