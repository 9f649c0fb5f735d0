import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import type { ChatEvent, EventsPage } from "./frames";
import { Timeline } from "./timeline";

function message(seq: number, prev: number): ChatEvent {
  return { seq, prev, at: seq, kind: "message", author: { kind: "agent", id: "a", name: "A" }, text: `m${seq}` };
}

function page(events: ChatEvent[], after: number, head: number, gap?: { from: number; to: number }): EventsPage {
  return { t: "events", conversation: "c", events, after, head, ...(gap ? { gap } : {}) };
}

const seqs = (timeline: Timeline): number[] => timeline.events.map((event) => event.seq);

test("live events in order, known ones ignored", () => {
  const timeline = new Timeline();
  equal(timeline.push(message(1, 0)), "shown");
  equal(timeline.push(message(4, 1)), "shown"); // 2 and 3 are not for this audience.
  equal(timeline.push(message(4, 1)), "known");
  deepEqual(seqs(timeline), [1, 4]);
  equal(timeline.cursor, 4);
});

test("a gap is noticed and what came after it is kept until it is filled", () => {
  const timeline = new Timeline();
  timeline.push(message(1, 0));
  equal(timeline.push(message(3, 2)), "gap");
  equal(timeline.push(message(4, 3)), "gap");
  deepEqual(seqs(timeline), [1]);
  equal(timeline.behind, true);
  timeline.page(page([message(2, 1)], 1, 2));
  deepEqual(seqs(timeline), [1, 2, 3, 4]);
  equal(timeline.cursor, 4);
  equal(timeline.behind, false);
});

test("a first page without the beginning leaves a hole before it; history fills it without moving the cursor", () => {
  const timeline = new Timeline();
  timeline.page(page([message(8, 7), message(9, 8)], 0, 9, { from: 1, to: 7 }));
  equal(timeline.cursor, 9);
  deepEqual(timeline.hole(), { after: 0, before: 8 });
  timeline.page(page([message(6, 5), message(7, 6)], 0, 9));
  deepEqual(timeline.hole(), { after: 0, before: 6 });
  timeline.page(page([1, 2, 3, 4, 5].map((seq) => message(seq, seq - 1)), 0, 9));
  equal(timeline.hole(), null);
  equal(timeline.cursor, 9);
  deepEqual(seqs(timeline), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test("a declared gap without events moves the cursor and shows as a hole", () => {
  const timeline = new Timeline();
  timeline.push(message(1, 0));
  timeline.page(page([], 1, 50, { from: 2, to: 50 }));
  equal(timeline.cursor, 50);
  deepEqual(timeline.hole(), { after: 1, before: 51 });
  equal(timeline.push(message(51, 50)), "shown");
  deepEqual(timeline.hole(), { after: 1, before: 51 });
});

test("recalled messages are known whether the recall is seen or the text was left out", () => {
  const timeline = new Timeline();
  timeline.push(message(1, 0));
  timeline.push({ seq: 2, prev: 1, at: 2, kind: "recalled", target: 1 });
  timeline.push({ ...message(3, 2), recalled: true } as ChatEvent);
  deepEqual([...timeline.recalled], [1, 3]);
});

test("receipts are maxima, and the own one does not count", () => {
  const timeline = new Timeline();
  timeline.receipt({ reader: "a1", delivered: 5, read: 3 });
  timeline.receipt({ reader: "a1", delivered: 4, read: 4 });
  timeline.receipt({ reader: "visitor", delivered: 9, read: 9 });
  equal(timeline.progress(4, "visitor"), "read");
  equal(timeline.progress(5, "visitor"), "delivered");
  equal(timeline.progress(6, "visitor"), "sent");
});

test("an author without id and name gets empty ones", () => {
  const timeline = new Timeline();
  timeline.push({ seq: 1, prev: 0, at: 1, kind: "message", author: { kind: "visitor" }, text: "x" } as unknown as ChatEvent);
  const [event] = timeline.events;
  deepEqual(event?.kind === "message" ? event.author : null, { kind: "visitor", id: "", name: "" });
});

test("a page that overlaps what is known adds only what is new", () => {
  const timeline = new Timeline();
  timeline.push(message(1, 0));
  timeline.push(message(2, 1));
  const fresh = timeline.page(page([message(1, 0), message(2, 1), message(3, 2)], 0, 3));
  deepEqual(fresh.map((event) => event.seq), [3]);
  deepEqual(seqs(timeline), [1, 2, 3]);
});
