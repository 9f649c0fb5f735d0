import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "../../test/fake_clock";
import type { Do, Send } from "./frames";
import { memoryKeep } from "./keep";
import { Outbox } from "./outbox";

function setUp(keep = memoryKeep(), clock = new FakeClock()) {
  const sent: (Send | Do)[] = [];
  const state = { online: true };
  const outbox = new Outbox({
    clock,
    keep,
    prefix: "out.",
    send: (frame) => state.online && sent.push(frame) > 0,
    changed: () => undefined,
  });
  return { outbox, sent, state, keep, clock };
}

const send = (cid: string, conversation: string | null = "c1", text = "hi"): Send => ({ t: "send", cid, conversation, text });
const refusal = (cid: string, code: string, more = {}) => ({ t: "refused" as const, cid, code, zh: "不行", en: "no", ...more });

test("resends the same cid with growing pauses of 2 * 2^n s, +-50 %, until the ack", async () => {
  const { outbox, sent, clock } = setUp();
  const times: number[] = [];
  outbox.add(send("1"));
  for (let i = 0, seen = 1; i < 400; i++) {
    await clock.pass(500);
    if (sent.length > seen) times.push(i * 500);
    seen = sent.length;
  }
  const pauses = times.map((time, index) => time - (times[index - 1] ?? 0));
  equal(pauses[0]! >= 500 && pauses[0]! <= 3_500, true);
  equal(Math.max(...pauses) <= 30_500, true);
  equal(new Set(sent.map((frame) => frame.cid)).size, 1);
  const before = sent.length;
  outbox.acked("1", "c1", 7);
  await clock.pass(120_000);
  equal(sent.length, before);
});

test("an acked message stays as sent until the log shows it", () => {
  const { outbox, keep } = setUp();
  outbox.add(send("1", null));
  outbox.acked("1", "c9", 7);
  equal(outbox.get("1")?.state, "sent");
  equal(outbox.get("1")?.frame.conversation, "c9");
  deepEqual(keep.keys("out."), []); // But a reload need not send it again.
  equal(outbox.settle("1"), true);
  deepEqual(outbox.list(), []);
});

test("offline, nothing is lost: everything goes out in order after the connection is back", () => {
  const { outbox, sent, state } = setUp();
  state.online = false;
  for (const cid of ["3", "1", "2"]) outbox.add(send(cid));
  equal(sent.length, 0);
  state.online = true;
  outbox.connected();
  deepEqual(sent.map((frame) => frame.cid), ["1", "2", "3"]);
});

test("put off: what was said later in that conversation waits, and all of it goes out in order", async () => {
  const { outbox, sent, clock } = setUp();
  outbox.add(send("1"));
  outbox.add(send("2"));
  outbox.postponed("2", 1_000);
  outbox.postponed("1", 1_500);
  outbox.add(send("3"));
  outbox.add(send("4", "c2"));
  deepEqual(sent.map((frame) => frame.cid), ["1", "2", "4"]);
  outbox.acked("4", "c2", 1);
  await clock.pass(1_400); // "2" is due, and still behind "1".
  equal(sent.length, 3);
  await clock.pass(1_000);
  deepEqual(sent.slice(3).map((frame) => frame.cid), ["1", "2", "3"]);
});

test("refused as closed: the same cid opens a new conversation", () => {
  const { outbox, sent } = setUp();
  outbox.add(send("1", "old"));
  outbox.refused(refusal("1", "closed"));
  deepEqual(sent.at(-1), send("1", null));
  equal(outbox.get("1")?.state, "sending");
});

test("refused for good: failed with the server's words, survives a reload, goes again on request", () => {
  const first = setUp();
  first.outbox.add(send("1"));
  first.outbox.refused(refusal("1", "too_long"));
  deepEqual(first.outbox.get("1")?.reason, { code: "too_long", zh: "不行", en: "no" });

  const { outbox, sent } = setUp(first.keep);
  equal(outbox.get("1")?.state, "failed");
  outbox.connected();
  equal(sent.length, 0);
  outbox.retry("1", "2");
  deepEqual(sent.map((frame) => frame.cid), ["1"]);
});

test("after a conflict only a new cid can succeed", () => {
  const { outbox, sent } = setUp();
  outbox.add(send("1"));
  outbox.refused(refusal("1", "conflict"));
  outbox.retry("1", "2");
  equal(sent.at(-1)?.cid, "2");
  equal(outbox.get("1"), undefined);
});

test("retry_after is waited for", async () => {
  const { outbox, sent, clock } = setUp();
  outbox.add(send("1"));
  outbox.refused(refusal("1", "rate", { retry_after: 5_000 }));
  await clock.pass(4_900);
  equal(sent.length, 1);
  await clock.pass(1_200);
  equal(sent.length, 2);
});

test("a frame that the connection could not carry fails at once", () => {
  const { outbox, sent } = setUp();
  outbox.add(send("1", "c1", "x".repeat(70_000)));
  equal(sent.length, 0);
  equal(outbox.get("1")?.reason?.code, "too_long");
});

test("what is older than a day is not sent behind the person's back", () => {
  const clock = new FakeClock();
  const first = setUp(memoryKeep(), clock);
  first.state.online = false;
  first.outbox.add(send("1"));
  const later = new FakeClock(1, clock.now() + 25 * 3_600_000);
  const { outbox, sent } = setUp(first.keep, later);
  outbox.connected();
  equal(sent.length, 0);
  equal(outbox.get("1")?.reason?.code, "stale");
});

test("two tabs do not overwrite each other, and rubbish in storage is dropped", () => {
  const keep = memoryKeep();
  keep.set("out.x", "{not json");
  const one = setUp(keep);
  const two = setUp(keep);
  one.outbox.add(send("1"));
  two.outbox.add(send("2"));
  one.outbox.acked("1", "c1", 1);
  deepEqual(keep.keys("out."), ["out.2"]);
});

test("a refusal that comes after the ack changes nothing: what is committed is committed", () => {
  const { outbox } = setUp();
  outbox.add(send("1"));
  outbox.acked("1", "c1", 4);
  outbox.refused(refusal("1", "rate"));
  equal(outbox.get("1")?.state, "sent");
});
