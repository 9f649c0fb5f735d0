import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { Conversation } from "./conversation";
import type { Card, ChatEvent } from "./frames";
import { Inbox, type Change } from "./inbox";

const CARD: Card = { id: "c", agent: null, opened_at: 1, closed_at: null, head: 0, unread: 0, receipts: [], last: null };

function says(seq: number, kind: "visitor" | "agent" | "system", text = "x"): ChatEvent {
  return { seq, prev: seq - 1, at: seq * 10, kind: "message", author: { kind, id: "a1", name: "" }, text };
}

function inbox(me: "visitor" | "staff") {
  const changes: Change[] = [];
  const behind: string[] = [];
  const settled: string[] = [];
  const box = new Inbox({
    me,
    now: () => 1_000,
    changed: (change) => void changes.push(change),
    behind: (mine) => void behind.push(mine.id),
    settled: (cid) => void settled.push(cid),
  });
  return { box, changes, behind, settled };
}

test("unread counts words of the other side, not those of the house or one's own", () => {
  const mine = new Conversation({ ...CARD }, "visitor");
  for (const event of [says(1, "visitor"), says(2, "system"), says(3, "agent"), says(4, "agent")]) {
    mine.timeline.push(event);
    mine.follow(event, event.kind === "message" && event.author.kind === "visitor");
  }
  equal(mine.unread, 2);
  mine.mark(4);
  equal(mine.unread, 0);
});

test("a card that replaces another does not count its events twice", () => {
  const mine = new Conversation({ ...CARD }, "visitor");
  mine.replace({ ...CARD, head: 2, unread: 1 });
  for (const event of [says(1, "visitor"), says(2, "agent"), says(3, "agent")]) {
    mine.timeline.push(event);
    mine.follow(event, event.kind === "message" && event.author.kind === "visitor");
  }
  equal(mine.unread, 2);
});

test("the agent sees since when the visitor waits", () => {
  const mine = new Conversation({ ...CARD }, "staff");
  mine.timeline.push(says(1, "visitor"));
  mine.timeline.push(says(2, "visitor"));
  mine.timeline.push(says(3, "system"));
  equal(mine.waitingSince, 10);
  mine.timeline.push(says(4, "agent"));
  equal(mine.waitingSince, null);
});

test("rating, form, queue and end follow the events", () => {
  const mine = new Conversation({ ...CARD }, "visitor");
  mine.queue = { t: "queue", conversation: "c", position: 2, length: 3, wait: null };
  const at = { seq: 1, prev: 0, at: 5 };
  mine.follow({ ...at, kind: "joined", agent: { id: "a1", name: "Lin" } }, false);
  deepEqual([mine.queue, mine.card.agent], [null, { id: "a1", name: "Lin" }]);
  mine.follow({ ...at, kind: "rating_asked" }, false);
  equal(mine.card.rating_asked, true);
  mine.follow({ ...at, kind: "closed" }, false);
  deepEqual([mine.card.rating_asked, mine.card.closed_at, mine.open], [false, 5, false]);
});

test("a missing event is asked for, and one's own event settles the outbox", () => {
  const { box, behind, settled } = inbox("visitor");
  box.apply({ t: "joined", conversation: CARD });
  box.apply({ t: "event", conversation: "c", ...says(2, "agent") });
  deepEqual(behind, ["c"]);
  box.apply({ t: "events", conversation: "c", after: 0, head: 2, events: [{ ...says(1, "visitor"), cid: "mine" } as ChatEvent] });
  deepEqual(settled, ["mine"]);
  equal(box.conversations.get("c")?.timeline.cursor, 2);
});

test("what a ping says of a conversation shows that something is missing", () => {
  const { box, behind } = inbox("visitor");
  box.apply({ t: "joined", conversation: CARD });
  box.apply({ t: "ping", n: 1, heads: { c: 3 } });
  deepEqual(behind, ["c"]);
});

test("staff drop what the welcome does not list; a visitor keeps reading what he had", () => {
  for (const me of ["visitor", "staff"] as const) {
    const { box } = inbox(me);
    box.apply({ t: "joined", conversation: { ...CARD } });
    box.apply({ t: "event", conversation: "c", ...says(1, "agent") });
    box.apply({ t: "left", conversation: "c" });
    equal(box.conversations.has("c"), me === "visitor");
    equal(Object.keys(box.cursors()).length, 0);
  }
});

test("typing is forgotten after a while and when the words arrive", () => {
  const { box } = inbox("staff");
  box.apply({ t: "joined", conversation: CARD });
  box.apply({ t: "typing", conversation: "c", who: "visitor", name: "", on: true });
  const mine = box.conversations.get("c")!;
  equal(mine.typists(2_000).length, 1);
  equal(mine.typists(60_000).length, 0);
  box.apply({ t: "typing", conversation: "c", who: "visitor", name: "", on: true, text: "hel" });
  box.apply({ t: "event", conversation: "c", ...says(1, "visitor") });
  equal(mine.typists(2_000).length, 0);
});
