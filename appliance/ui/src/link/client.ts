// The whole client side of the protocol in one object: link, outbox and inbox wired together.  Widget and console talk to
// this and render what it knows; they never see a frame.

import { type Clock, wallClock } from "./clock";
import type { Conversation } from "./conversation";
import type { Act, Do, Hello, Lang, Page, Presence, Send, ServerFrame } from "./frames";
import { Inbox, type Change } from "./inbox";
import type { Keep } from "./keep";
import { Outbox, type Entry } from "./outbox";
import { Link, type LinkState } from "./socket";
import type { Dial } from "./transport";
import { uuid7 } from "./uuid7";

export interface ClientOptions {
  me: "visitor" | "staff";
  socket: Dial;
  poll: Dial;
  /** Survives the browser: token and outbox.  `prefix` keeps servers and people apart. */
  keep: Keep;
  prefix: string;
  /** Survives a reload of this tab: the session id. */
  tabKeep: Keep;
  lang(): Lang;
  page?(): Page;
  clock?: Clock;
}

const SYNC_AGAIN = 10_000;
const GRACE = 1_500;
const HISTORY_PAGE = 100;
const ACK_EVERY = 32;
/** The server does not know the cursors: start from nothing. */
const POSITION_LOST = 4010;
/** A page that is loaded anew does not try a blocked WebSocket again for so long. */
const POLL_REMEMBERED = 600_000;

export class Client {
  readonly inbox: Inbox;
  readonly outbox: Outbox;
  readonly link: Link;
  /** The signed identity the site gave for this visitor. */
  identity: string | null = null;
  private readonly clock: Clock;
  private readonly listeners = new Set<(change: Change) => void>();
  private readonly acked = new Map<string, number>();
  private readonly watched = new Set<string>();
  private cancelGot: (() => void) | null = null;
  private unacked = 0;
  private tokenDropped = false;
  private positionLost = false;
  private readonly session: string | null;
  private wanted: Presence | null = null;

  constructor(private readonly given: ClientOptions) {
    this.clock = given.clock ?? wallClock;
    // Taken away while the page lives: a duplicated tab gets a copy of the storage, and would push this one out.
    this.session = given.tabKeep.get(`${given.prefix}session`);
    given.tabKeep.remove(`${given.prefix}session`);
    this.inbox = new Inbox({
      me: given.me,
      now: () => this.clock.now(),
      changed: (change) => this.emit(change),
      behind: (mine, soon) => (soon ? this.catchUp(mine) : void this.clock.after(GRACE, () => this.catchUp(mine))),
      settled: (cid) => void this.outbox.settle(cid),
    });
    this.outbox = new Outbox({
      clock: this.clock,
      keep: given.keep,
      prefix: `${given.prefix}out.`,
      send: (frame) => this.link.send(frame),
      changed: () => this.emit({ topic: "outbox" }),
    });
    this.link = new Link({
      socket: given.socket,
      poll: given.poll,
      clock: this.clock,
      pollFirst: this.clock.now() - Number(given.tabKeep.get(`${given.prefix}poll`) ?? 0) < POLL_REMEMBERED,
      hello: () => this.hello(),
      newcomer: () => given.me === "visitor" && this.identity === null && given.keep.get(`${given.prefix}token`) === null,
      frames: (list, first) => this.take(list, first),
      changed: (state) => this.linkChanged(state),
    });
  }

  listen(listener: (change: Change) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Server time, ms UTC: what waiting times are reckoned with. */
  now(): number {
    return this.clock.now() + this.inbox.skew;
  }

  say(conversation: string | null, text: string, extra: { menu?: string; note?: boolean } = {}): string {
    const frame: Send = { t: "send", cid: uuid7(this.clock.now()), conversation, text, ...extra };
    this.outbox.add(frame);
    return frame.cid;
  }

  act(conversation: string, act: Act): string {
    const frame: Do = { t: "do", cid: uuid7(this.clock.now()), conversation, ...act };
    this.outbox.add(frame);
    return frame.cid;
  }

  retry(cid: string): void {
    this.outbox.retry(cid, uuid7(this.clock.now()));
  }

  /** Nothing is told while the server has no ear for it. */
  typing(conversation: string, on: boolean, text: string): void {
    if (!this.inbox.off("typing")) this.link.send({ t: "typing", conversation, on, text });
  }

  setPresence(status: Presence): void {
    // Chosen while there is no connection, it is told as soon as there is one.
    this.wanted = this.link.send({ t: "presence", status }) ? null : status;
    this.inbox.presence = status;
    this.emit({ topic: "presence" });
  }

  watch(conversation: string, on: boolean): void {
    if (on) this.watched.add(conversation);
    else this.watched.delete(conversation);
    this.link.send({ t: "watch", conversation, on });
  }

  /** The person has this conversation before him. */
  read(mine: Conversation): void {
    const { cursor } = mine.timeline;
    if (cursor <= mine.readMark && mine.unread === 0) return;
    if (!this.link.send({ t: "read", conversation: mine.id, seq: cursor })) return;
    mine.mark(cursor);
    this.emit({ topic: "list", conversation: mine.id });
  }

  /** Ask for what lies before the first known event, or in the newest hole.  False when nothing is missing. */
  earlier(mine: Conversation): boolean {
    const hole = mine.timeline.hole();
    if (hole === null || hole.before === mine.barren) return false;
    if (this.clock.now() - mine.syncedAt < SYNC_AGAIN) return true;
    const { after, before } = hole;
    const asked = this.link.send({ t: "sync", conversation: mine.id, after, before, limit: HISTORY_PAGE });
    if (asked) {
      mine.syncedAt = this.clock.now();
      mine.asked = before;
    }
    return true;
  }

  /** Ask for the newest events of a conversation that is not followed. */
  history(mine: Conversation): void {
    const { head } = mine.timeline;
    this.link.send({ t: "sync", conversation: mine.id, after: 0, before: head + 1, limit: HISTORY_PAGE });
  }

  /** Messages said but not in the log yet, oldest first. */
  pending(conversation: string | null): (Entry & { frame: Send })[] {
    return this.outbox.list().filter((entry): entry is Entry & { frame: Send } => {
      return entry.frame.t === "send" && (conversation === null || entry.frame.conversation === conversation);
    });
  }

  /** The page goes away, perhaps only to be loaded again. */
  leave(): void {
    if (this.inbox.session !== null) this.given.tabKeep.set(`${this.given.prefix}session`, this.inbox.session);
  }

  forgetPerson(): void {
    for (const key of this.given.keep.keys(this.given.prefix)) this.given.keep.remove(key);
    this.given.tabKeep.remove(`${this.given.prefix}session`);
  }

  private hello(): Hello {
    const { given, inbox } = this;
    const base: Hello = {
      t: "hello",
      v: 1,
      token: given.keep.get(`${given.prefix}token`),
      session: inbox.session ?? this.session,
      epoch: inbox.epoch,
      cursors: this.positionLost ? {} : inbox.cursors(),
      lang: given.lang(),
    };
    if (given.me === "staff") return { ...base, token: null };
    return { ...base, identity: this.identity, ...(given.page ? { page: given.page() } : {}) };
  }

  private take(list: ServerFrame[], first: boolean): void {
    for (const frame of list) {
      if (frame.t === "welcome") this.welcomed(frame);
      else if (frame.t === "ack") this.outbox.acked(frame.cid, frame.conversation, frame.seq);
      else if (frame.t === "refused") this.outbox.refused(frame);
      else if (frame.t === "retry") this.outbox.postponed(frame.cid, frame.retry_after);
      this.inbox.apply(frame);
      if (frame.t === "event" || frame.t === "events") this.note(frame.t === "event" ? 1 : frame.events.length);
    }
    this.settleAcked();
    if (first) {
      this.tokenDropped = false;
      if (this.wanted !== null) this.setPresence(this.wanted);
      this.outbox.connected();
      for (const conversation of this.watched) this.link.send({ t: "watch", conversation, on: true });
    }
  }

  private welcomed(frame: Extract<ServerFrame, { t: "welcome" }>): void {
    const { keep, prefix } = this.given;
    this.outbox.limit = frame.limits.outbox;
    if (frame.token != null) keep.set(`${prefix}token`, frame.token);
    if (this.inbox.epoch !== frame.epoch) this.acked.clear();
    // Only now, so that what is on the screen stays there until it comes anew.
    if (this.positionLost) this.inbox.conversations.clear();
    this.positionLost = false;
  }

  /** An ack may come after its event, or for an event that a sync brought. */
  private settleAcked(): void {
    for (const { cid, seq, frame } of this.outbox.list()) {
      if (seq === null || frame.conversation === null) continue;
      if (this.inbox.conversations.get(frame.conversation)?.timeline.has(seq)) this.outbox.settle(cid);
    }
  }

  private catchUp(mine: Conversation): void {
    const { timeline } = mine;
    if (!timeline.behind || mine.gone || this.clock.now() - mine.syncedAt < SYNC_AGAIN) return;
    const asked = this.link.send({ t: "sync", conversation: mine.id, after: timeline.cursor, limit: 500 });
    if (asked) mine.syncedAt = this.clock.now();
  }

  /** Count received events towards the cumulative receive ack: at 32, else after a second. */
  private note(events: number): void {
    this.unacked += events;
    if (this.unacked >= ACK_EVERY) this.sendGot();
    else this.cancelGot ??= this.clock.after(900, () => this.sendGot());
  }

  private sendGot(): void {
    this.cancelGot?.();
    this.cancelGot = null;
    this.unacked = 0;
    const moved = Object.entries(this.inbox.cursors()).filter(([id, seq]) => seq > (this.acked.get(id) ?? 0));
    if (moved.length === 0 || !this.link.send({ t: "got", cursors: Object.fromEntries(moved) })) return;
    for (const [id, seq] of moved) this.acked.set(id, seq);
  }

  private linkChanged(state: LinkState): void {
    if (state.name === "waiting" || state.name === "stopped" || state.name === "idle") this.outbox.disconnected();
    if (state.name === "connecting") this.acked.clear();
    if (state.name === "waiting" && state.code === POSITION_LOST) this.positionLost = true;
    const { keep, tabKeep, prefix, me } = this.given;
    if (state.name === "online") {
      if (state.way === "poll") tabKeep.set(`${prefix}poll`, String(this.clock.now()));
      else tabKeep.remove(`${prefix}poll`);
    }
    if (state.name === "stopped" && state.code === 4500 && me === "visitor" && !this.tokenDropped) {
      // The token was made by other secrets (a restored server): become a new visitor once, not for ever.
      this.tokenDropped = true;
      keep.remove(`${prefix}token`);
      this.inbox.conversations.clear();
      this.clock.after(0, () => this.link.start());
    }
    this.emit({ topic: "link" });
  }

  private emit(change: Change): void {
    for (const listener of [...this.listeners]) listener(change);
  }
}
