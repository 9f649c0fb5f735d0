// The events of one conversation as far as this page knows them.  Order is the sequence number, never a clock.  Every
// event names the one before it (`prev`), so holes show by themselves and nothing has to be remembered about them.

import type { ChatEvent, EventsPage, Receipt } from "./frames";

export interface Hole {
  /** The last known event before the hole, 0 when nothing before is known. */
  after: number;
  /** The first known event behind the hole. */
  before: number;
}

const STASH = 256;

export class Timeline {
  /** Ascending by seq, without duplicates. */
  readonly events: ChatEvent[] = [];
  readonly recalled = new Set<number>();
  readonly receipts = new Map<string, Receipt>();
  /** The seq up to which the newest run is complete: what the server is told at resume. */
  cursor = 0;
  /** The newest seq the server has spoken of. */
  head = 0;
  /** Counts changes, so that views know when to look again. */
  version = 0;
  private readonly bySeq = new Map<number, ChatEvent>();
  private readonly stash = new Map<number, ChatEvent>();

  has(seq: number): boolean {
    return this.bySeq.has(seq);
  }

  get(seq: number): ChatEvent | undefined {
    return this.bySeq.get(seq);
  }

  /** Take a live event.  "gap": something before it is missing, ask for a sync after `cursor`. */
  push(event: ChatEvent): "shown" | "known" | "gap" {
    this.head = Math.max(this.head, event.seq);
    if (event.seq <= this.cursor) return "known";
    if (event.prev > this.cursor) {
      if (this.stash.size < STASH) this.stash.set(event.prev, event);
      return "gap";
    }
    this.insert(event);
    this.advance(event.seq);
    return "shown";
  }

  /** Take the answer to a sync or a resume, or a page of history.  Returns the events that are new here. */
  page(page: EventsPage): ChatEvent[] {
    const fresh = page.events.filter((event) => this.insert(event));
    // A declared gap counts as given: what is in it is fetched as history.  An older page never moves the cursor back.
    const last = Math.max(page.events.at(-1)?.seq ?? 0, page.gap?.to ?? 0);
    this.head = Math.max(this.head, page.head, last);
    if (last > this.cursor) this.advance(last);
    return fresh;
  }

  /** Whether the server has more behind the cursor than this page knows. */
  get behind(): boolean {
    return this.head > this.cursor;
  }

  /** The newest hole, also the one before the first known event, else null. */
  hole(): Hole | null {
    const last = this.events.at(-1)?.seq ?? 0;
    if (last < this.cursor) return { after: last, before: this.cursor + 1 };
    for (let i = this.events.length - 1; i >= 0; i--) {
      const event = this.events[i]!;
      if (event.prev > 0 && !this.bySeq.has(event.prev)) {
        return { after: this.events[i - 1]?.seq ?? 0, before: event.seq };
      }
    }
    return null;
  }

  receipt({ reader, delivered, read }: Receipt): void {
    const known = this.receipts.get(reader);
    const best = { reader, delivered: Math.max(known?.delivered ?? 0, delivered), read: Math.max(known?.read ?? 0, read) };
    this.receipts.set(reader, best);
    this.version += 1;
  }

  /** How far a message of mine has come; `mine` is my own reader name. */
  progress(seq: number, mine: string): "sent" | "delivered" | "read" {
    let best: "sent" | "delivered" | "read" = "sent";
    for (const receipt of this.receipts.values()) {
      if (receipt.reader === mine) continue;
      if (receipt.read >= seq) return "read";
      if (receipt.delivered >= seq) best = "delivered";
    }
    return best;
  }

  private advance(to: number): void {
    this.cursor = to;
    for (let next = this.follower(); next !== undefined; next = this.follower()) {
      this.insert(next);
      this.cursor = next.seq;
    }
    for (const [prev, event] of this.stash) if (event.seq <= this.cursor) this.stash.delete(prev);
  }

  private follower(): ChatEvent | undefined {
    const next = this.stash.get(this.cursor);
    this.stash.delete(this.cursor);
    return next !== undefined && next.seq > this.cursor ? next : undefined;
  }

  private insert(event: ChatEvent): boolean {
    if (this.bySeq.has(event.seq)) return false;
    if (event.kind === "message" || event.kind === "note") event.author = { ...event.author, ...named(event.author) };
    this.bySeq.set(event.seq, event);
    let at = this.events.length;
    while (at > 0 && this.events[at - 1]!.seq > event.seq) at -= 1;
    this.events.splice(at, 0, event);
    if (event.kind === "recalled") this.recalled.add(event.target);
    if ((event.kind === "message" || event.kind === "note") && event.recalled === true) this.recalled.add(event.seq);
    this.version += 1;
    return true;
  }
}

function named(author: { id?: string; name?: string }): { id: string; name: string } {
  return { id: author.id ?? "", name: author.name ?? "" };
}
