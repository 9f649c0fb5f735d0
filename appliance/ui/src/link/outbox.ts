// What a person has said that the server has not yet confirmed.  An entry leaves only when the server says it is
// committed or when the person throws it away; until then it is sent again, always with the same cid, and survives a
// reload.  Each entry has a storage key of its own, so that two tabs never overwrite each other's.

import { backoff, type Clock } from "./clock";
import type { Do, Refused, Send } from "./frames";
import type { Keep } from "./keep";

export interface Reason {
  code: string;
  zh: string;
  en: string;
}

export interface Entry {
  cid: string;
  frame: Send | Do;
  /** When the person said it, ms UTC. */
  at: number;
  state: "sending" | "sent" | "failed";
  /** Set once committed: where it stands in the log. */
  seq: number | null;
  reason: Reason | null;
  tries: number;
  /** Not to be sent before this time, ms UTC. */
  due: number;
  /** Whether it is on its way on the present connection. */
  out: boolean;
}

const RESEND = 2_000;
const STALE = 24 * 3_600_000;
const FRAME_LIMIT = 60 * 1024;
const TOO_OLD: Reason = { code: "stale", zh: "这条消息还没有发出", en: "This message was not sent" };
const TOO_LONG: Reason = { code: "too_long", zh: "消息太长，无法发送", en: "The message is too long to send" };

export class Outbox {
  limit = 32;
  private readonly entries = new Map<string, Entry>();
  private cancel = (): void => undefined;

  constructor(
    private readonly given: {
      clock: Clock;
      keep: Keep;
      prefix: string;
      /** Whether the frame went onto a connection. */
      send(frame: Send | Do): boolean;
      changed(): void;
    },
  ) {
    const now = given.clock.now();
    for (const key of given.keep.keys(given.prefix)) {
      const entry = read(given.keep.get(key));
      if (entry === null) given.keep.remove(key);
      else this.entries.set(entry.cid, now - entry.at > STALE ? { ...entry, state: "failed", reason: TOO_OLD } : entry);
    }
  }

  /** All entries, oldest first. */
  list(): Entry[] {
    return [...this.entries.values()].sort((a, b) => (a.cid < b.cid ? -1 : 1));
  }

  get(cid: string): Entry | undefined {
    return this.entries.get(cid);
  }

  get waiting(): number {
    return this.list().filter((entry) => entry.state === "sending").length;
  }

  add(frame: Send | Do): void {
    const long = new TextEncoder().encode(JSON.stringify(frame)).length > FRAME_LIMIT;
    const entry: Entry = {
      cid: frame.cid,
      frame,
      at: this.given.clock.now(),
      state: long ? "failed" : "sending",
      seq: null,
      reason: long ? TOO_LONG : null,
      tries: 0,
      due: 0,
      out: false,
    };
    this.put(entry);
    this.pump();
    this.given.changed();
  }

  /** A new connection was welcomed: what was under way on the old one is sent again, in order. */
  connected(): void {
    for (const entry of this.entries.values()) {
      if (entry.state !== "sending") continue;
      entry.out = false;
      entry.due = 0;
    }
    this.pump();
  }

  disconnected(): void {
    this.cancel();
    for (const entry of this.entries.values()) entry.out = false;
  }

  /** The server committed it.  It stays as "sent" until `settle`, so that it never vanishes from the screen. */
  acked(cid: string, conversation: string, seq: number): void {
    const entry = this.entries.get(cid);
    if (entry === undefined) return;
    this.given.keep.remove(this.given.prefix + cid);
    if (entry.frame.t === "do") this.entries.delete(cid);
    else {
      entry.state = "sent";
      entry.seq = seq;
      entry.out = false;
      entry.frame = { ...entry.frame, conversation };
    }
    this.pump();
    this.given.changed();
  }

  /** It is shown from the log now.  Returns whether it was here. */
  settle(cid: string): boolean {
    if (!this.entries.delete(cid)) return false;
    this.given.keep.remove(this.given.prefix + cid);
    this.pump();
    return true;
  }

  refused(frame: Refused): void {
    const entry = this.entries.get(frame.cid);
    if (entry === undefined || entry.state === "sent") return;
    if (frame.code === "closed" && entry.frame.t === "send" && entry.frame.conversation !== null) {
      // The conversation has ended meanwhile: the same words open a new one.
      this.put({ ...entry, frame: { ...entry.frame, conversation: null }, due: 0, out: false });
    } else if (frame.retry_after != null) this.later(entry, frame.retry_after);
    else {
      const { code, zh, en } = frame;
      this.put({ ...entry, state: "failed", reason: { code, zh, en }, out: false });
    }
    this.pump();
    this.given.changed();
  }

  /** The server could not commit it just now. */
  postponed(cid: string, ms: number): void {
    const entry = this.entries.get(cid);
    if (entry !== undefined && entry.state === "sending") this.later(entry, ms);
    this.pump();
  }

  /** The person asked to try a failed entry again.  After a conflict only another cid can succeed. */
  retry(cid: string, freshCid: string): void {
    const entry = this.entries.get(cid);
    if (entry === undefined || entry.state !== "failed") return;
    this.settle(cid);
    const frame = entry.reason?.code === "conflict" ? { ...entry.frame, cid: freshCid } : entry.frame;
    this.add(frame);
  }

  discard(cid: string): void {
    if (this.settle(cid)) this.given.changed();
  }

  private later(entry: Entry, ms: number): void {
    const { clock } = this.given;
    entry.out = false;
    entry.due = clock.now() + Math.round(ms * (1 + clock.random() * 0.2));
  }

  /**
   * Send what is due, at most `limit` under way, and come back when the next one is due.  While something is put off, nothing
   * that was said after it in the same conversation goes out: it would be stored first.
   */
  private pump(): void {
    const { clock, send } = this.given;
    this.cancel();
    const sending = this.list().filter((entry) => entry.state === "sending");
    let next = Number.POSITIVE_INFINITY;
    let slots = this.limit;
    const held = new Set<string | null>();
    for (const entry of sending) {
      const { conversation } = entry.frame;
      if (held.has(conversation)) continue;
      if (slots-- <= 0) break;
      if (entry.due > clock.now()) {
        if (!entry.out) held.add(conversation);
      } else {
        if (!send(entry.frame)) return; // Offline: `connected` takes it up again.
        entry.out = true;
        entry.due = clock.now() + backoff(clock, RESEND, entry.tries++);
      }
      next = Math.min(next, entry.due);
    }
    if (next < Number.POSITIVE_INFINITY) this.cancel = clock.after(Math.max(50, next - clock.now()), () => this.pump());
  }

  private put(entry: Entry): void {
    this.entries.set(entry.cid, entry);
    const { cid, frame, at, state, reason } = entry;
    this.given.keep.set(this.given.prefix + cid, JSON.stringify({ cid, frame, at, state, reason }));
  }
}

function read(text: string | null): Entry | null {
  try {
    const { cid, frame, at, state, reason } = JSON.parse(text ?? "") as Entry;
    if (typeof cid !== "string" || typeof frame.t !== "string") return null;
    return { cid, frame, at, state: state === "failed" ? "failed" : "sending", seq: null, reason, tries: 0, due: 0, out: false };
  } catch {
    return null;
  }
}
