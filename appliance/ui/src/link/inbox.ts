// Applies what the server sends to what this page knows.  It never sends anything itself: where something is missing it
// says so through `behind`, and the client asks.

import { Conversation } from "./conversation";
import type { ChatEvent, Desk, Feature, Mode, Notice, Offer, Presence, QuickReply, ServerFrame, Welcome } from "./frames";

export type Topic =
  | "link"
  | "welcome"
  | "list"
  | "timeline"
  | "live"
  | "typing"
  | "queue"
  | "desk"
  | "outbox"
  | "offers"
  | "presence"
  | "notice"
  | "remind"
  | "mode";

export interface Change {
  topic: Topic;
  conversation?: string;
  /** topic "live": the event that has just come in; topic "notice": what to say. */
  event?: ChatEvent;
  notice?: Notice;
}

export interface InboxGiven {
  me: "visitor" | "staff";
  now(): number;
  changed(change: Change): void;
  /** Something of this conversation is missing: ask for it, at once or after the stream had time to bring it. */
  behind(conversation: Conversation, soon: boolean): void;
  /** An event that this person sent is in the log. */
  settled(cid: string): void;
}

export class Inbox {
  readonly conversations = new Map<string, Conversation>();
  readonly offers = new Map<string, Offer>();
  you: Welcome["you"] | null = null;
  epoch: string | null = null;
  session: string | null = null;
  messageBytes = 8192;
  siteName = "";
  greeting: { say: string; menu: string[] } | null = null;
  presence: Presence = "away";
  desk: Desk | null = null;
  /** When the desk came, ms of this page's clock. */
  deskAt = 0;
  /** What the server has switched off under load; null when all is well. */
  mode: Mode | null = null;
  replies: QuickReply[] = [];
  /** Server time minus local time, ms. */
  skew = 0;

  constructor(private readonly given: InboxGiven) {}

  apply(frame: ServerFrame): void {
    const { changed } = this.given;
    switch (frame.t) {
      case "welcome":
        return this.welcome(frame);
      case "joined":
        this.card(frame.conversation);
        return changed({ topic: "list", conversation: frame.conversation.id });
      case "left":
        return this.left(frame.conversation);
      case "event":
        return this.event(frame.conversation, frame);
      case "events": {
        const mine = this.known(frame.conversation);
        mine.syncedAt = 0;
        const fresh = mine.timeline.page(frame);
        if (fresh.length === 0 && mine.timeline.hole()?.before === mine.asked) mine.barren = mine.asked;
        for (const event of fresh) this.settle(event);
        if (mine.timeline.behind && fresh.length > 0) this.given.behind(mine, true);
        return changed({ topic: "timeline", conversation: frame.conversation });
      }
      case "receipts":
        this.known(frame.conversation).timeline.receipt(frame);
        return changed({ topic: "timeline", conversation: frame.conversation });
      case "typing": {
        const { who, name, on, text = "" } = frame;
        const typing = this.known(frame.conversation).typing;
        if (on || text !== "") typing.set(who, { who, name, on, text, at: this.given.now() });
        else typing.delete(who);
        return changed({ topic: "typing", conversation: frame.conversation });
      }
      case "queue":
        this.known(frame.conversation).queue = frame;
        return changed({ topic: "queue", conversation: frame.conversation });
      case "offer":
        this.offers.set(frame.conversation, frame);
        return changed({ topic: "offers", conversation: frame.conversation });
      case "unoffer":
        if (this.offers.get(frame.conversation)?.visit === frame.visit) this.offers.delete(frame.conversation);
        return changed({ topic: "offers", conversation: frame.conversation });
      case "desk":
        this.setDesk(frame);
        return changed({ topic: "desk" });
      case "presence":
        this.presence = frame.status;
        return changed({ topic: "presence" });
      case "mode":
        this.setMode(frame.tier > 0 ? frame : null);
        return changed({ topic: "mode" });
      case "notice":
        return changed({ topic: "notice", notice: frame });
      case "remind":
        return changed({ topic: "remind", conversation: frame.conversation });
      case "ping":
        return this.heads(frame.heads ?? {});
      default:
        return; // ack, refused, retry belong to the outbox; unknown tags to a newer server.
    }
  }

  /** The cursors a resume goes on from. */
  cursors(): Record<string, number> {
    const open = [...this.conversations.values()].filter((mine) => !mine.gone && mine.timeline.cursor > 0);
    return Object.fromEntries(open.map((mine) => [mine.id, mine.timeline.cursor]));
  }

  /** Newest last. */
  ordered(): Conversation[] {
    return [...this.conversations.values()].sort((a, b) => a.card.opened_at - b.card.opened_at);
  }

  get unread(): number {
    return [...this.conversations.values()].reduce((sum, mine) => sum + mine.unread, 0);
  }

  /** Whether the server has switched this off for the time being. */
  off(feature: Feature): boolean {
    return this.mode?.off.includes(feature) === true;
  }

  private setMode(mode: Mode | null): void {
    this.mode = mode;
    // The signal that somebody has stopped writing will not come any more.
    if (this.off("typing")) for (const mine of this.conversations.values()) mine.typing.clear();
  }

  private setDesk(desk: Desk): void {
    this.desk = desk;
    this.deskAt = this.given.now();
  }

  private welcome(frame: Welcome): void {
    if (this.epoch !== null && this.epoch !== frame.epoch) this.conversations.clear(); // Restored from a backup.
    this.epoch = frame.epoch;
    this.session = frame.session;
    this.you = frame.you;
    this.messageBytes = frame.limits.message_bytes;
    this.siteName = frame.site.name;
    this.greeting = frame.greeting ?? null;
    this.skew = frame.now - this.given.now();
    this.offers.clear();
    if (frame.presence !== undefined) this.presence = frame.presence;
    if (frame.desk !== undefined) this.setDesk(frame.desk);
    this.setMode(frame.mode ?? null);
    if (frame.replies !== undefined) this.replies = frame.replies;
    const listed = new Set(frame.conversations.map((card) => card.id));
    for (const id of this.conversations.keys()) if (!listed.has(id)) this.forget(id);
    for (const card of frame.conversations) {
      const mine = this.card(card);
      mine.typing.clear();
      mine.syncedAt = 0;
      if (mine.timeline.behind) this.given.behind(mine, false); // The server sends it unasked; this makes sure.
    }
    this.given.changed({ topic: "welcome" });
  }

  private card(card: Conversation["card"]): Conversation {
    const known = this.conversations.get(card.id);
    if (known !== undefined) {
      known.replace(card);
      return known;
    }
    const fresh = new Conversation(card, this.given.me);
    this.conversations.set(card.id, fresh);
    return fresh;
  }

  /** A conversation whose card has not come yet is made up from nothing; `joined` fills it in. */
  private known(id: string): Conversation {
    const card = { id, agent: null, opened_at: this.given.now(), closed_at: null, head: 0, unread: 0, receipts: [], last: null };
    return this.conversations.get(id) ?? this.card(card);
  }

  private event(id: string, event: ChatEvent): void {
    const mine = this.known(id);
    const before = mine.timeline.cursor;
    const outcome = mine.timeline.push(event);
    if (outcome === "gap") return this.given.behind(mine, true);
    if (outcome === "known") return;
    // One event may let stashed ones follow it.
    for (const shown of mine.timeline.events.slice(-64)) {
      if (shown.seq <= before) continue;
      const own = this.settle(shown);
      mine.follow(shown, own);
      this.given.changed({ topic: "live", conversation: id, event: shown });
    }
    this.given.changed({ topic: "timeline", conversation: id });
  }

  private settle(event: ChatEvent): boolean {
    if (event.kind !== "message" && event.kind !== "note") return false;
    if (event.cid !== undefined) this.given.settled(event.cid);
    return this.given.me === "visitor" ? event.author.kind === "visitor" : event.author.id === this.you?.id;
  }

  private left(id: string): void {
    this.forget(id);
    this.given.changed({ topic: "list", conversation: id });
  }

  /** A visitor keeps reading what he has on the screen; staff see what is theirs, and what they opened from elsewhere. */
  private forget(id: string): void {
    const mine = this.conversations.get(id);
    if (mine === undefined || mine.gone) return;
    if (this.given.me === "staff" || mine.timeline.events.length === 0) this.conversations.delete(id);
    else mine.gone = true;
    this.offers.delete(id);
  }

  private heads(heads: Record<string, number>): void {
    for (const [id, head] of Object.entries(heads)) {
      const mine = this.conversations.get(id);
      if (mine === undefined) continue;
      mine.timeline.head = Math.max(mine.timeline.head, head);
      if (mine.timeline.behind) this.given.behind(mine, false);
    }
  }
}
