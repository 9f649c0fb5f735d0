import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { lineFor, queueLine } from "../widget/lines";
import { duration } from "./dates";
import * as en from "./en";
import { fill, pickLang } from "./index";
import { staffWords } from "./staff";
import * as zh from "./zh";

const ROOMS: Record<string, [Record<string, string>, Record<string, string>]> = {
  visitor: [zh.visitor, en.visitor],
  staff: [staffWords.zh, staffWords.en],
};

for (const [room, [chineseWords, englishWords]] of Object.entries(ROOMS)) {
  test(`${room}: both languages have the same keys, places and no empty words`, () => {
    deepEqual(Object.keys(englishWords).sort(), Object.keys(chineseWords).sort());
    for (const [key, chinese] of Object.entries(chineseWords)) {
      const english = englishWords[key]!;
      const places = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();
      deepEqual(places(english), places(chinese), key);
      equal(chinese.trim() === "" || english.trim() === "", false, key);
    }
  });
}

test("the queue as a visitor reads it", () => {
  equal(queueLine({ position: 3, wait: 50_000 }, zh.visitor), "您前面还有 2 位，预计不到 1 分钟");
  equal(queueLine({ position: 3, wait: 61_000 }, zh.visitor), "您前面还有 2 位，预计 2 分钟");
  equal(queueLine({ position: 1, wait: null }, en.visitor), "You are next in line");
});

test("lines of events", () => {
  const at = { seq: 1, prev: 0, at: 1 };
  equal(lineFor({ ...at, kind: "joined", agent: { id: "a", name: "林晓" } }, zh.visitor), "林晓 为您服务");
  equal(lineFor({ ...at, kind: "ended", by: "agent" }, en.visitor), "The agent ended the chat");
  equal(lineFor({ ...at, kind: "queued" }, en.visitor), null);
});

test("languages, places and durations", () => {
  deepEqual([["zh-TW"], ["en-US"], [undefined, "fr", "zh"], ["fr"], []].map(pickLang), ["zh", "en", "zh", "en", "zh"]);
  equal(fill("{a} and {b}", { a: 1 }), "1 and {b}");
  deepEqual([5_000, 90_000, 7_200_000, 200_000_000].map((ms) => duration(ms, en.staff)), ["5 s", "1 min", "2 h", "2 d"]);
});
