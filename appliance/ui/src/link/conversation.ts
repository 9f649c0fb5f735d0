// One conversation as this page knows it: the server's card, kept fresh by the events that follow it.

import type { Card, ChatEvent, QueuePlace } from "./frames";
import { Timeline } from "./timeline";

export interface Typing {
  who: string;
  name: string;
  on: boolean;
  text: string;
  /** When it was last heard of, ms UTC. */
  at: number;
}

const FORGET_TYPING = 12_000;

export class Conversation {
  readonly timeline = new Timeline();
  readonly typing = new Map<string, Typing>();
  /** The visitor's place in the queue while he waits. */
  queue: QueuePlace | null = null;
  /** Messages of others behind the own read mark. */
  unread: number;
  /** True when the server no longer lists it for this person; what is known stays on the screen. */
  gone = false;
  /** When the sync under way was asked for, 0 when there is none. */
  syncedAt = 0;
  /** The hole last asked for, by the seq behind it; `barren` is one that brought nothing and is not asked for again. */
  asked = 0;
  barren = 0;
  readMark = 0;
  private turn: { version: number; since: number | null } = { version: -1, since: null };
  /** Events up to here are in the unread count that the server gave. */
  private counted = 0;

  constructor(
    public card: Card,
    private readonly me: "visitor" | "staff",
  ) {
    this.unread = card.unread;
    this.replace(card);
  }

  /** The time of the visitor's first message that no agent has answered, ms UTC, or null: it is his turn. */
  get waitingSince(): number | null {
    if (this.turn.version !== this.timeline.version) {
      let since: number | null = null;
      for (let i = this.timeline.events.length - 1; i >= 0; i--) {
        const event = this.timeline.events[i]!;
        if (event.kind !== "message" || this.timeline.recalled.has(event.seq)) continue;
        if (event.author.kind === "agent") break;
        if (event.author.kind === "visitor") since = event.at;
      }
      this.turn = { version: this.timeline.version, since };
    }
    return this.turn.since;
  }

  get id(): string {
    return this.card.id;
  }

  get open(): boolean {
    return this.card.closed_at === null && !this.gone;
  }

  replace(card: Card): void {
    this.card = card;
    this.counted = Math.max(card.head, this.timeline.cursor);
    // The server may not have heard yet what was read a moment ago.
    this.unread = this.readMark > 0 && this.readMark >= card.head ? 0 : card.unread;
    this.gone = false;
    for (const receipt of card.receipts) this.timeline.receipt(receipt);
    this.timeline.head = Math.max(this.timeline.head, card.head);
    if (card.agent !== null || card.closed_at !== null) this.queue = null;
  }

  /** Let a live event change the card.  `own` says whether this person wrote it. */
  follow(event: ChatEvent, own: boolean): void {
    const card = this.card;
    if (event.state !== undefined) card.state = event.state.at(-1) ?? "";
    switch (event.kind) {
      case "message":
        if (event.recalled) break;
        card.last = { seq: event.seq, at: event.at, kind: "message", text: event.text };
        if (!own && event.author.kind !== "system") this.typing.delete(this.typist(event.author));
        if (own) this.mark(event.seq);
        else if (event.seq > Math.max(this.readMark, this.counted) && this.counts(event.author.kind)) this.unread += 1;
        break;
      case "joined":
        card.agent = event.agent;
        card.rating_asked = false; // One more question, and somebody is there for it.
        this.queue = null;
        break;
      case "queued":
        card.rating_asked = false;
        break;
      case "released":
        card.agent = null;
        this.typing.clear();
        break;
      case "closed":
        card.closed_at = event.at;
        card.rating_asked = false;
        card.form_asked = false;
        this.queue = null;
        this.typing.clear();
        break;
      case "rating_asked":
        card.rating_asked = true;
        break;
      case "rated":
        card.rating_asked = false;
        break;
      case "form_asked":
        card.form_asked = true;
        this.queue = null;
        break;
      case "form":
        card.form_asked = false;
        break;
      case "tagged":
        card.tags = event.added ? [...new Set([...(card.tags ?? []), ...event.tags])] : event.tags;
        break;
      case "why":
        card.why = event.reasons;
        break;
      case "state":
        card.state = event.to.at(-1) ?? "";
        break;
      default:
        break;
    }
  }

  /** Everything up to `seq` has been read by this person. */
  mark(seq: number): void {
    if (seq < this.readMark) return;
    this.readMark = seq;
    if (seq >= this.timeline.head) this.unread = 0;
  }

  /** Who is writing at `now`; those not heard of for a while are forgotten. */
  typists(now: number): Typing[] {
    for (const [who, typing] of this.typing) {
      if (now - typing.at > FORGET_TYPING && typing.text === "") this.typing.delete(who);
    }
    return [...this.typing.values()];
  }

  private typist(author: { kind: string; id: string }): string {
    return author.kind === "visitor" ? "visitor" : author.id;
  }

  /** Greetings and other automatic words are no reason for a badge. */
  private counts(kind: string): boolean {
    return this.me === "visitor" ? kind === "agent" || kind === "ai" : kind === "visitor";
  }
}
