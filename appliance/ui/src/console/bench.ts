// The agent's workbench: one object that holds what the console shows and does what the agent asks.  Components read from
// it and are told at most once a frame that something changed.

import { Client } from "../link/client";
import { wallClock } from "../link/clock";
import { Conversation } from "../link/conversation";
import type { Act, Card, Feature, Lang } from "../link/frames";
import type { Change } from "../link/inbox";
import { browserKeep } from "../link/keep";
import { dialPoll, dialSocket } from "../link/transport";
import type { StaffWords } from "../words/index";
import { staffWords } from "../words/staff";
import type { Api } from "./api";
import { Attention } from "./attention";

export type Tab = "mine" | "queue" | "history" | "team" | "replies" | "load";
/** Tabs that fill the place of the conversation. */
export const PAGES: ReadonlySet<Tab> = new Set<Tab>(["team", "replies", "load"]);
export type Dialog = "transfer" | "palette" | "close" | "settings" | null;
/** Which column a narrow screen shows. */
export type Column = "list" | "talk" | "panel";

export interface Toast {
  key: number;
  text: string;
  level: "info" | "warn" | "error";
}

export class Bench {
  readonly keep = browserKeep(() => localStorage);
  readonly client: Client;
  readonly attention: Attention;
  readonly drafts = new Map<string, string>();
  readonly notes = new Set<string>();
  tab: Tab = "mine";
  dialog: Dialog = null;
  column: Column = "list";
  selected: string | null = null;
  toasts: Toast[] = [];
  private readonly listeners = new Set<() => void>();
  private frame = 0;
  private toastKey = 0;

  constructor(
    readonly api: Api,
    private readonly language: () => Lang,
    /** Called when the session has ended on the server. */
    private readonly signedOut: () => void,
  ) {
    const { origin } = location;
    this.attention = new Attention(this.keep);
    this.client = new Client({
      me: "staff",
      socket: dialSocket(`${origin.replace(/^http/, "ws")}/ws/agent`),
      poll: dialPoll(`${origin}/poll/agent`, wallClock),
      keep: this.keep,
      tabKeep: browserKeep(() => sessionStorage),
      prefix: "kefu:desk:",
      lang: language,
    });
    this.client.listen((change) => this.follow(change));
  }

  get lang(): Lang {
    return this.language();
  }

  get words(): StaffWords {
    return staffWords[this.lang];
  }

  get chief(): boolean {
    return this.client.inbox.you?.role === "owner" || this.client.inbox.you?.role === "supervisor";
  }

  get owner(): boolean {
    return this.client.inbox.you?.role === "owner";
  }

  get talk(): Conversation | null {
    return this.selected === null ? null : (this.client.inbox.conversations.get(this.selected) ?? null);
  }

  /** Own conversations: who waits longest for an answer first, then the latest. */
  get mine(): Conversation[] {
    const all = [...this.client.inbox.conversations.values()].filter((one) => !one.gone && !this.client.inbox.offers.has(one.id));
    return all.sort((a, b) => {
      const [wa, wb] = [waiting(a), waiting(b)];
      if (wa !== null || wb !== null) return (wa ?? Number.MAX_SAFE_INTEGER) - (wb ?? Number.MAX_SAFE_INTEGER);
      return (b.card.last?.at ?? b.card.opened_at) - (a.card.last?.at ?? a.card.opened_at);
    });
  }

  /** Whether this agent may write in the conversation. */
  writable(talk: Conversation): boolean {
    return talk.open && talk.card.agent?.id === this.client.inbox.you?.id;
  }

  visitorName(card: Pick<Card, "id" | "visitor">): string {
    return card.visitor?.name || this.words.anonymous.replace("{id}", (card.visitor?.id ?? card.id).slice(-4).toUpperCase());
  }

  /** What is off, in words. */
  offWords(features: readonly Feature[]): string {
    return features.map((feature) => this.words[`off_${feature}`] ?? feature).join(this.words.off_join);
  }

  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Tell the components, at most once a frame; a hidden page gets no frames and is told by a timer. */
  changed(): void {
    if (this.frame !== 0) return;
    this.frame = 1;
    const run = (): void => {
      this.frame = 0;
      for (const listener of [...this.listeners]) listener();
    };
    if (document.hidden) setTimeout(run, 50);
    else requestAnimationFrame(run);
  }

  show(tab: Tab): void {
    this.tab = tab;
    this.column = "list";
    this.changed();
  }

  open(dialog: Dialog): void {
    this.dialog = dialog;
    this.changed();
  }

  goto(column: Column): void {
    this.column = column;
    this.changed();
  }

  select(id: string | null): void {
    this.selected = id;
    if (id !== null) this.column = "talk";
    // A page fills the place where the conversation is to appear.
    if (id !== null && PAGES.has(this.tab)) this.tab = "mine";
    this.readSelected();
    this.changed();
  }

  /** Show a conversation that is not this agent's: from the queue, the history or a visitor's past. */
  async peek(id: string): Promise<void> {
    const { conversations } = this.client.inbox;
    if (!conversations.has(id)) {
      const card = await this.api.card(id).catch(() => null);
      if (card === null) return this.toast(this.words.failed_load, "error");
      const talk = new Conversation({ ...card, unread: 0 }, "staff");
      talk.gone = true;
      if (!conversations.has(id)) conversations.set(id, talk);
      this.client.history(talk);
    }
    this.select(id);
  }

  step(by: 1 | -1): void {
    const list = this.mine;
    if (list.length === 0) return;
    const at = list.findIndex((one) => one.id === this.selected);
    this.tab = "mine";
    this.select(list[(at + by + list.length) % list.length]!.id);
  }

  act(act: Act, conversation = this.selected): void {
    if (conversation !== null) this.client.act(conversation, act);
  }

  readSelected(): void {
    const talk = this.talk;
    if (talk !== null && !talk.gone && !document.hidden && talk.unread > 0) this.client.read(talk);
  }

  toast(text: string, level: Toast["level"] = "info"): void {
    const toast = { key: ++this.toastKey, text, level };
    this.toasts = [...this.toasts.slice(-3), toast];
    this.changed();
    setTimeout(() => {
      this.toasts = this.toasts.filter((one) => one !== toast);
      this.changed();
    }, 6_000);
  }

  private follow(change: Change): void {
    const { client } = this;
    const talk = change.conversation === undefined ? undefined : client.inbox.conversations.get(change.conversation);
    if (change.topic === "live" && talk !== undefined && change.event?.kind === "message" && change.event.author.kind === "visitor") {
      if (talk.id === this.selected && !document.hidden) this.readSelected();
      else this.attention.call(this.visitorName(talk.card), change.event.text, talk.id);
    }
    if (change.topic === "live" && talk !== undefined && change.event?.kind === "joined") {
      if (change.event.agent.id === client.inbox.you?.id) {
        this.attention.call(this.words.notify_new.replace("{name}", this.visitorName(talk.card)), talk.card.last?.text ?? "", talk.id);
      }
    }
    if (change.topic === "offers" && client.inbox.offers.size > 0) this.attention.call(this.words.notify_new.replace("{name}", ""), "", "offer");
    if (change.topic === "remind" && talk !== undefined) {
      const text = this.words.remind.replace("{name}", this.visitorName(talk.card));
      this.toast(text, "warn");
      this.attention.call(text, talk.card.last?.text ?? "", talk.id);
    }
    if (change.topic === "notice" && change.notice !== undefined) this.toast(change.notice[this.lang], change.notice.level);
    if (change.topic === "outbox") this.refusals();
    if (change.topic === "link") this.lost();
    if (change.topic === "welcome" || change.topic === "timeline") this.readSelected();
    this.changed();
  }

  /** A refused act has no place in the conversation where it could stand as failed: say it once. */
  private refusals(): void {
    for (const { cid, frame, state, reason } of this.client.outbox.list()) {
      if (frame.t !== "do" || state !== "failed") continue;
      this.client.outbox.discard(cid);
      this.toast(reason?.[this.lang] ?? this.words.failed, "error");
    }
  }

  /** A refused upgrade looks like a lost network; only a question over HTTP tells that the session has ended. */
  private lost(): void {
    const { state } = this.client.link;
    if (state.name === "stopped" && state.code === 4500) return this.signedOut();
    if (state.name !== "waiting" || state.attempt % 2 === 0) return;
    this.api.me().catch((error: { status?: number }) => {
      if (error.status === 401 || error.status === 403) this.signedOut();
    });
  }
}

/** Since when the visitor waits for an answer, ms UTC, or null. */
export function waiting(talk: Conversation): number | null {
  return talk.open ? talk.waitingSince : null;
}
