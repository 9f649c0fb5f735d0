// The chat window: puts the parts together and shows in them what the client knows.  Built anew when the language changes.

import type { Client } from "../link/client";
import type { Conversation } from "../link/conversation";
import type { Author, Lang } from "../link/frames";
import { thread } from "../link/thread";
import { TypingSender } from "../link/typing";
import { wallClock } from "../link/clock";
import { icon } from "../look/icons";
import * as en from "../words/en";
import { fill, type VisitorWords } from "../words/index";
import * as zh from "../words/zh";
import { chips } from "./bubble";
import { Composer } from "./composer";
import { h, say, show } from "./dom";
import { Header, type HeaderState } from "./header";
import { linesFor, queueLine } from "./lines";
import { Log } from "./log";
import { FormPanel, RatingPanel } from "./panels";

export interface ViewGiven {
  client: Client;
  lang: Lang;
  title: string;
  sound(): boolean;
  toggleSound(): void;
  close(): void;
}

const ME: Author = { kind: "visitor", id: "", name: "" };

export class View {
  readonly root: HTMLElement;
  readonly words: VisitorWords;
  private readonly header: Header;
  private readonly log: Log;
  private readonly composer: Composer;
  private readonly rating: RatingPanel;
  private readonly form: FormPanel;
  private readonly queue = h("div", { class: "queue", "data-test": "queue-line", role: "status", hidden: true });
  // Never hidden, so that a screen reader hears it come.
  private readonly mode = h("div", { class: "mode", "data-test": "mode-line", role: "status" });
  private readonly typing = h("div", { class: "typing", "data-test": "typing", hidden: true });
  private readonly typingName = h("span");
  private readonly greeting = h("div", { class: "greeting", "data-test": "greeting", hidden: true });
  private readonly notice = h("div", { class: "notice", role: "alert", "data-test": "notice", hidden: true });
  private readonly sender: TypingSender;
  private noticeTimer = 0;
  private greeted = "";
  /** Panels that the visitor has put aside, by conversation. */
  private readonly aside = new Set<string>();

  constructor(private readonly given: ViewGiven) {
    const { client, lang } = given;
    const words = lang === "zh" ? zh.visitor : en.visitor;
    this.words = words;
    this.header = new Header(words, {
      close: given.close,
      end: () => this.withOpen((mine) => client.act(mine.id, { act: "end" })),
      ask: () => this.withOpen((mine) => client.act(mine.id, { act: "ask_human" })),
      sound: given.toggleSound,
      again: () => (client.link.state.name === "stopped" ? client.link.restart() : client.link.hurry()),
    });
    this.log = new Log({
      words,
      lang,
      now: () => client.now(),
      retry: (cid) => client.retry(cid),
      discard: (cid) => client.outbox.discard(cid),
      recall: ({ conversation, seq }) => void client.act(conversation ?? "", { act: "recall", seq: seq ?? 0 }),
      choose: (choice) => this.send(choice, choice),
      earlier: () => this.earlier(),
    });
    this.log.head.append(this.greeting);
    this.sender = new TypingSender(wallClock, (on, text) => this.withOpen((mine) => client.typing(mine.id, on, text)));
    this.composer = new Composer(words, { send: (text) => this.send(text), wrote: (text) => this.sender.wrote(text) });
    this.rating = new RatingPanel(words, {
      rate: (score, comment) => this.rate(score, comment),
      later: () => this.putAside("rating"),
      resized: (change) => this.log.settle(change),
    });
    this.form = new FormPanel(words, {
      submit: (fields) => this.withOpen((mine) => (client.act(mine.id, { act: "form", fields }), this.putAside("form"))),
      later: () => this.putAside("form"),
    });
    this.typing.append(h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")), this.typingName);
    const foot = h("div", { class: "foot" }, this.notice, this.mode, this.queue, this.rating.root, this.form.root, this.composer.root);
    this.root = h(
      "section",
      { class: "window", role: "dialog", "aria-label": words.dialog, "data-test": "window", hidden: true },
      this.header.root,
      this.header.bar,
      this.header.confirm,
      this.log.root,
      this.typing,
      foot,
    );
  }

  get draft(): string {
    return this.composer.text;
  }

  set draft(text: string) {
    if (text !== "") this.composer.text = text;
  }

  focus(): void {
    this.composer.focus();
    this.log.toEnd();
  }

  /** Say something for a few seconds. */
  tell(text: string): void {
    clearTimeout(this.noticeTimer);
    this.log.settle(() => {
      say(this.notice, text);
      show(this.notice, true);
    });
    this.noticeTimer = window.setTimeout(() => show(this.notice, false), 8_000);
  }

  /** A rating or form that the server refused has to be asked for again. */
  askAgain(): void {
    this.aside.clear();
  }

  /** Close what lies over the window; false when nothing did. */
  dismiss(): boolean {
    return this.header.dismiss();
  }

  render(): void {
    const { client } = this.given;
    const conversations = client.inbox.ordered();
    const open = this.open();
    this.header.render(this.headerState(open));
    this.log.settle(() => {
      this.renderGreeting(conversations);
      this.renderQueue(open);
      say(this.mode, (client.inbox.mode?.tier ?? 0) >= 2 && client.link.state.name === "online" ? this.words.busy : "");
      this.renderTyping(open);
      this.renderPanels(open);
    });
    const all = conversations.flatMap((mine) => mine.timeline.events);
    const rows = thread(conversations, {
      me: ME,
      reader: "visitor",
      pending: client.pending(null),
      line: linesFor(all.slice(-12)),
    });
    const more = conversations.some((mine) => (mine.timeline.hole()?.before ?? mine.barren) !== mine.barren);
    this.log.render(rows, more);
    const done = open === undefined && conversations.length > 0;
    this.composer.hint(done || open?.card.rating_asked ? this.words.input_after : this.words.input);
  }

  /** The server has asked to come back later: a new visitor under overload. */
  get full(): boolean {
    const { link } = this.given.client;
    return link.noRoom && link.state.name !== "online";
  }

  private open(): Conversation | undefined {
    return this.given.client.inbox.ordered().reverse().find((mine) => mine.open);
  }

  private withOpen(act: (mine: Conversation) => void): void {
    const open = this.open();
    if (open !== undefined) act(open);
  }

  private send(text: string, menu?: string): void {
    this.sender.stop();
    this.given.client.say(this.open()?.id ?? null, text, menu === undefined ? {} : { menu });
  }

  private rate(score: number, comment: string): void {
    this.withOpen((mine) => {
      this.given.client.act(mine.id, { act: "rate", score, ...(comment === "" ? {} : { comment }) });
      this.putAside("rating");
      this.rating.reset();
    });
  }

  private putAside(panel: "rating" | "form"): void {
    this.withOpen((mine) => this.aside.add(panel + mine.id));
    this.render();
  }

  private earlier(): void {
    const { client } = this.given;
    for (const mine of client.inbox.ordered().reverse()) if (client.earlier(mine)) break;
    this.render();
  }

  private headerState(open: Conversation | undefined): HeaderState {
    const { client, title } = this.given;
    const state = client.link.state;
    const link = this.full
      ? "full"
      : state.name === "stopped"
        ? state.code === 4503
          ? "replaced"
          : "stopped"
        : state.name === "online"
          ? "online"
          : client.inbox.you === null && state.name !== "waiting"
            ? "connecting"
            : "reconnecting";
    return {
      title: title || client.inbox.siteName || this.words.service,
      agent: open?.card.agent?.name ?? null,
      link,
      again: state.name === "waiting" ? Math.max(0, Math.ceil((state.until - Date.now()) / 1000)) : 0,
      canEnd: open !== undefined,
      canAsk: open !== undefined && open.card.agent === null,
      sound: this.given.sound(),
    };
  }

  /** The greeting belongs to nobody's log: it is shown until the visitor says something, and never stored. */
  private renderGreeting(conversations: Conversation[]): void {
    const { client } = this.given;
    const started = conversations.some((mine) => mine.timeline.events.length > 0) || client.pending(null).length > 0;
    const { greeting, you } = client.inbox;
    const shape = you === null ? (this.full ? "full" : "wait") : JSON.stringify([greeting, started]);
    show(this.greeting, !started || this.greeted !== "");
    if (started && !this.greeted.startsWith("[")) return show(this.greeting, false);
    if (this.greeted === shape) return;
    this.greeted = shape;
    if (you === null && !this.full) return this.greeting.replaceChildren(h("div", { class: "skeleton" }), h("div", { class: "skeleton short" }));
    const words = you === null ? this.words.no_room_write : greeting?.say || this.words.welcome;
    const say = h("div", { class: "bubble", dir: "auto" }, words);
    const menu = !started && greeting != null && greeting.menu.length > 0;
    this.greeting.replaceChildren(
      h(
        "div",
        { class: "message theirs first last" },
        h("div", { class: "avatar", "aria-hidden": "true" }, icon("chat", 16)),
        h("div", { class: "body" }, say, menu && chips(greeting.menu, (choice) => this.send(choice, choice))),
      ),
    );
  }

  private renderQueue(open: Conversation | undefined): void {
    const place = open?.queue ?? null;
    show(this.queue, place !== null);
    if (place !== null) say(this.queue, queueLine(place, this.words));
  }

  private renderTyping(open: Conversation | undefined): void {
    const typist = open?.typists(Date.now()).find((one) => one.on && one.who !== "visitor");
    show(this.typing, typist !== undefined);
    if (typist !== undefined) say(this.typingName, typist.name ? fill(this.words.typing, { name: typist.name }) : this.words.typing_other);
  }

  private renderPanels(open: Conversation | undefined): void {
    const wanted = (panel: "rating" | "form", asked: boolean | undefined): boolean => {
      return open !== undefined && asked === true && !this.aside.has(panel + open.id);
    };
    show(this.rating.root, wanted("rating", open?.card.rating_asked));
    // Somebody is here: what the form would say can now be said to him.
    const form = wanted("form", open?.card.form_asked) && open?.card.agent === null;
    if (form && this.form.root.hidden) {
      const first = open?.timeline.events.find((event) => event.kind === "message" && event.author.kind === "visitor");
      this.form.prefill(first?.kind === "message" ? first.text : "");
    }
    show(this.form.root, form);
  }
}
