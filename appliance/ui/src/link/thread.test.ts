import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { Conversation } from "./conversation";
import type { Author, Card, ChatEvent } from "./frames";
import type { Entry } from "./outbox";
import { thread, type MessageRow } from "./thread";

const AGENT: Author = { kind: "agent", id: "a1", name: "Lin" };
const VISITOR: Author = { kind: "visitor", id: "", name: "" };
const NOON = new Date(2026, 4, 5, 12).getTime();

function card(id: string, more: Partial<Card> = {}): Card {
  return { id, agent: null, opened_at: 1, closed_at: null, head: 0, unread: 0, receipts: [], last: null, ...more };
}

function talk(id: string, events: [Author, string, number][], more: Partial<Card> = {}): Conversation {
  const mine = new Conversation(card(id, more), "visitor");
  events.forEach(([author, text, at], index) => mine.timeline.push({ seq: index + 1, prev: index, at, kind: "message", author, text, cid: `${id}${index}` } as ChatEvent));
  return mine;
}

function pending(cid: string, text: string, more: Partial<Entry> = {}): Entry {
  return { cid, frame: { t: "send", cid, conversation: null, text }, at: NOON, state: "sending", seq: null, reason: null, tries: 0, due: 0, out: false, ...more };
}

const given = { me: VISITOR, reader: "visitor", pending: [] as Entry[], line: () => false };
const messages = (rows: ReturnType<typeof thread>): MessageRow[] => rows.filter((row): row is MessageRow => row.type === "message");

test("days, runs of one author, own messages", () => {
  const mine = talk("c", [
    [VISITOR, "a", NOON],
    [VISITOR, "b", NOON + 1000],
    [AGENT, "c", NOON + 2000],
    [AGENT, "d", NOON + 86_400_000],
  ]);
  const rows = thread([mine], given);
  deepEqual(rows.map((row) => row.type), ["day", "message", "message", "message", "day", "message"]);
  deepEqual(messages(rows).map(({ first, last, mine }) => [first, last, mine]), [
    [true, false, true],
    [false, true, true],
    [true, true, false],
    [true, true, false],
  ]);
});

test("the state of an own message follows the receipts of others", () => {
  const mine = talk("c", [[VISITOR, "a", NOON], [VISITOR, "b", NOON], [VISITOR, "c", NOON]]);
  mine.timeline.receipt({ reader: "a1", delivered: 2, read: 1 });
  deepEqual(messages(thread([mine], given)).map((row) => row.state), ["read", "delivered", "sent"]);
});

test("an acked message is shown once, before and after its event has come, under one key", () => {
  const mine = talk("c", [[VISITOR, "a", NOON]]);
  const sent = pending("c0", "a", { state: "sent", seq: 1, frame: { t: "send", cid: "c0", conversation: "c", text: "a" } });
  const both = messages(thread([mine], { ...given, pending: [sent] }));
  equal(both.length, 1);
  const alone = messages(thread([talk("c", [])], { ...given, pending: [sent] }));
  deepEqual([alone[0]?.key, both[0]?.key], ["c0", "c0"]);
});

test("a recalled message keeps its place and loses its text", () => {
  const mine = talk("c", [[AGENT, "secret", NOON]]);
  mine.timeline.push({ seq: 2, prev: 1, at: NOON, kind: "recalled", target: 1 });
  deepEqual(messages(thread([mine], given)).map(({ text, recalled }) => [text, recalled]), [["", true]]);
});

test("a closed conversation is divided from what follows, also from what is only being sent", () => {
  const old = talk("c1", [[VISITOR, "a", NOON]], { closed_at: NOON });
  deepEqual(thread([old], given).map((row) => row.type), ["day", "message"]);
  deepEqual(thread([old], { ...given, pending: [pending("x", "more")] }).map((row) => row.type), ["day", "message", "divider", "message"]);
});

test("a hole shows", () => {
  const mine = talk("c", []);
  mine.timeline.page({ t: "events", conversation: "c", after: 0, head: 9, events: [{ seq: 9, prev: 8, at: NOON, kind: "message", author: AGENT, text: "x" }] });
  equal(thread([mine], given)[0]?.type, "hole");
});
