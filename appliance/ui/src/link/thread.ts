// Turns events and unsent messages into the rows a person reads: days, lines, messages in runs of one author, holes.
// Pure, so that widget and console agree on what a conversation looks like.

import type { Author, ChatEvent } from "./frames";
import type { Conversation } from "./conversation";
import type { Entry, Reason } from "./outbox";

export type MessageState = "none" | "sending" | "sent" | "delivered" | "read" | "failed";

export interface MessageRow {
  type: "message";
  key: string;
  conversation: string | null;
  seq: number | null;
  cid: string;
  author: Author;
  text: string;
  at: number;
  mine: boolean;
  note: boolean;
  recalled: boolean;
  state: MessageState;
  reason: Reason | null;
  menu: string[];
  /** First and last of a run of messages by one author. */
  first: boolean;
  last: boolean;
}

export type Row =
  | MessageRow
  | { type: "day"; key: string; at: number }
  | { type: "line"; key: string; at: number; event: ChatEvent }
  | { type: "hole"; key: string; conversation: string }
  | { type: "divider"; key: string; at: number };

export interface ThreadGiven {
  me: Author;
  /** The name under which receipts of this person come. */
  reader: string;
  pending: Entry[];
  /** Whether an event without words of a person is worth a line. */
  line(event: ChatEvent): boolean;
}

const RUN = 5 * 60_000;

/** The rows of `conversations`, oldest first, then the unsent messages. */
export function thread(conversations: Conversation[], given: ThreadGiven): Row[] {
  const rows: Row[] = [];
  let day = "";
  const newDay = (at: number, key: string): void => {
    const name = new Date(at).toDateString();
    if (name !== day) rows.push({ type: "day", key: `day:${key}`, at });
    day = name;
  };
  conversations.forEach((mine, index) => {
    const { timeline, id } = mine;
    for (const event of timeline.events) {
      const key = `${id}:${event.seq}`;
      if (event.prev > 0 && !timeline.has(event.prev)) rows.push({ type: "hole", key: `hole:${key}`, conversation: id });
      if (event.kind === "message" || event.kind === "note") {
        newDay(event.at, key);
        rows.push(fromEvent(mine, event, given));
      } else if (given.line(event)) {
        newDay(event.at, key);
        rows.push({ type: "line", key, at: event.at, event });
      }
    }
    const ended = mine.card.closed_at;
    const later = index < conversations.length - 1 || given.pending.length > 0;
    if (ended !== null && later && timeline.events.length > 0) rows.push({ type: "divider", key: `end:${id}`, at: ended });
  });
  for (const entry of given.pending) {
    if (entry.frame.t !== "send" || shown(conversations, entry)) continue;
    newDay(entry.at, entry.cid);
    rows.push(fromEntry(entry, entry.frame, given.me));
  }
  return runs(rows);
}

function shown(conversations: Conversation[], entry: Entry): boolean {
  if (entry.seq === null) return false;
  return conversations.some((mine) => mine.id === entry.frame.conversation && mine.timeline.has(entry.seq!));
}

function fromEvent(mine: Conversation, event: Extract<ChatEvent, { kind: "message" | "note" }>, given: ThreadGiven): MessageRow {
  const own = event.author.kind === given.me.kind && (given.me.kind === "visitor" || event.author.id === given.me.id);
  const note = event.kind === "note";
  const recalled = mine.timeline.recalled.has(event.seq);
  return {
    type: "message",
    // The cid keeps one key from the moment of sending on, so that the row on the screen stays the same element.
    key: event.cid ?? `${mine.id}:${event.seq}`,
    conversation: mine.id,
    seq: event.seq,
    cid: event.cid ?? "",
    author: event.author,
    text: recalled ? "" : event.text,
    at: event.at,
    mine: own,
    note,
    recalled,
    state: own && !note ? mine.timeline.progress(event.seq, given.reader) : "none",
    reason: null,
    menu: event.kind === "message" ? (event.menu ?? []) : [],
    first: true,
    last: true,
  };
}

function fromEntry(entry: Entry, frame: Extract<Entry["frame"], { t: "send" }>, me: Author): MessageRow {
  return {
    type: "message",
    key: entry.cid,
    conversation: frame.conversation,
    seq: entry.seq,
    cid: entry.cid,
    author: me,
    text: frame.text,
    at: entry.at,
    mine: true,
    note: frame.note === true,
    recalled: false,
    state: entry.state,
    reason: entry.reason,
    menu: [],
    first: true,
    last: true,
  };
}

function runs(rows: Row[]): Row[] {
  for (let i = 1; i < rows.length; i++) {
    const above = rows[i - 1]!;
    const row = rows[i]!;
    if (above.type !== "message" || row.type !== "message") continue;
    const same = above.author.kind === row.author.kind && above.author.id === row.author.id && above.note === row.note;
    if (!same || row.at - above.at > RUN || above.recalled || row.recalled) continue;
    above.last = false;
    row.first = false;
  }
  return rows;
}
