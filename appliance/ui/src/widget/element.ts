// <kefu-widget>: the launcher and the window in one shadow root, put at the end of a page that knows nothing of them.

import { Client } from "../link/client";
import type { Lang } from "../link/frames";
import type { Change } from "../link/inbox";
import { browserKeep } from "../link/keep";
import { wallClock } from "../link/clock";
import { dialPoll, dialSocket } from "../link/transport";
import { chime, TitleAlert } from "../look/alerts";
import { icon } from "../look/icons";
import { sheets } from "../look/sheet";
import tokens from "../tokens.css";
import { fill, pickLang } from "../words/index";
import { h, say, set, show } from "./dom";
import foot from "./foot.css";
import messages from "./messages.css";
import { View } from "./view";
import css from "./widget.css";

export interface WidgetOptions {
  /** Where the appliance is, "https://chat.example.com".  Known from the script's own address. */
  server: string;
  lang?: string;
  /** Shown until an agent joins; the site's name by default. */
  title?: string;
  side?: "left" | "right";
  open?: boolean;
  /** Who the visitor is, signed by the site. */
  identity?: string;
}

const TICK = 1_000;
/** Times of day grow old by so many ticks; a countdown by each. */
const RARELY = 5;

export class KefuWidget extends HTMLElement {
  private client!: Client;
  private view!: View;
  private launcher!: HTMLButtonElement;
  private badge!: HTMLElement;
  private options!: WidgetOptions;
  private language: Lang = "zh";
  private isOpen = false;
  private unread = -1;
  private ready = false;
  private frame = 0;
  private readonly titleAlert = new TitleAlert(document);
  private readonly keep = browserKeep(() => localStorage);
  private readonly leaving = new AbortController();
  private stopTick = 0;

  begin(options: WidgetOptions): void {
    this.options = options;
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = sheets(tokens, messages, foot, css);
    const prefix = `kefu:${new URL(options.server).host}:`;
    const socketUrl = `${options.server.replace(/^http/, "ws")}/ws/visitor`;
    this.client = new Client({
      me: "visitor",
      socket: dialSocket(socketUrl),
      poll: dialPoll(`${options.server}/poll/visitor`, wallClock),
      keep: this.keep,
      tabKeep: browserKeep(() => sessionStorage),
      prefix,
      lang: () => this.language,
      page: () => ({ url: location.href.slice(0, 2000), title: document.title.slice(0, 300), referrer: document.referrer.slice(0, 2000) }),
    });
    this.client.identity = options.identity ?? null;
    this.client.listen((change) => this.changed(change));
    this.configure(options);
    this.watchPage();
    // A visitor who was here before may have an answer waiting; for all others no connection is held before they ask.
    if (this.keep.get(`${prefix}token`) !== null) this.client.link.start();
    if (options.open === true) this.show();
  }

  configure(options: Partial<WidgetOptions>): void {
    this.options = { ...this.options, ...options };
    const { lang, side } = this.options;
    this.language = pickLang([lang, document.documentElement.lang, ...navigator.languages]);
    this.setAttribute("lang", this.language === "zh" ? "zh-CN" : "en");
    set(this, "data-side", side === "left" ? "left" : "right");
    const draft = this.view?.draft ?? "";
    this.build();
    this.view.draft = draft;
    this.render();
  }

  identify(identity: string): void {
    if (this.client.identity === identity) return;
    this.client.identity = identity;
    if (this.client.link.state.name !== "idle") this.client.link.restart();
  }

  show(): void {
    if (this.isOpen) return;
    this.isOpen = true;
    this.client.link.start();
    this.render();
    this.view.focus();
  }

  hide(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.render();
    this.launcher.focus({ preventScroll: true });
  }

  toggle(): void {
    if (this.isOpen) this.hide();
    else this.show();
  }

  /** Close the connection and go; with `forget`, also drop who the visitor is (he signed out). */
  end(forget: boolean): void {
    this.leaving.abort();
    clearInterval(this.stopTick);
    cancelAnimationFrame(this.frame);
    this.client.link.stop();
    if (forget) this.client.forgetPerson();
    this.titleAlert.clear();
    this.remove();
  }

  private build(): void {
    this.view = new View({
      client: this.client,
      lang: this.language,
      title: this.options.title ?? "",
      sound: () => this.sound,
      toggleSound: () => {
        this.keep.set("kefu:sound", this.sound ? "off" : "on");
        this.render();
      },
      close: () => this.hide(),
    });
    this.badge = h("span", { class: "badge", hidden: true });
    this.launcher = h(
      "button",
      { type: "button", class: "launcher", "data-test": "launcher", "aria-expanded": "false", onclick: () => this.toggle() },
      icon("chat", 26),
      icon("down", 26),
      this.badge,
    );
    this.shadowRoot!.replaceChildren(this.view.root, this.launcher);
  }

  private get sound(): boolean {
    return this.keep.get("kefu:sound") !== "off";
  }

  private watchPage(): void {
    const { signal } = this.leaving;
    const back = (): void => {
      if (document.hidden) return;
      this.client.link.hurry();
      this.titleAlert.clear();
      this.render();
    };
    addEventListener("online", back, { signal });
    addEventListener("pagehide", () => this.client.leave(), { signal });
    document.addEventListener("visibilitychange", back, { signal });
    addEventListener("focus", back, { signal });
    this.shadowRoot!.addEventListener(
      "keydown",
      (event) => {
        if ((event as KeyboardEvent).key === "Escape" && !this.view.dismiss()) this.hide();
      },
      { signal },
    );
    // Keystrokes in the window must not reach shortcuts of the page around it.
    for (const name of ["keydown", "keyup", "keypress"]) this.addEventListener(name, (event) => event.stopPropagation(), { signal });
    let ticks = 0;
    this.stopTick = window.setInterval(() => {
      ticks += 1;
      if (this.isOpen && (this.view.full || ticks % RARELY === 0)) this.later();
    }, TICK);
  }

  private changed(change: Change): void {
    if (change.topic === "live" && change.event?.kind === "message") this.heard(change.event.author.kind);
    if (change.topic === "welcome" && !this.ready) {
      this.ready = true;
      this.tell("kefu:ready", { server: this.options.server });
    }
    if (change.topic === "notice" && change.notice !== undefined && change.notice.level !== "info") {
      this.view.tell(change.notice[this.language]);
    }
    if (change.topic === "outbox") this.refusals();
    if (change.topic === "link" && this.client.link.state.name === "stopped") {
      this.tell("kefu:error", { code: this.client.link.state.code });
    }
    this.later();
  }

  /** A refused act has no place in the log where it could stand as failed: say it once. */
  private refusals(): void {
    for (const { cid, frame, state, reason } of this.client.outbox.list()) {
      if (frame.t !== "do" || state !== "failed") continue;
      this.client.outbox.discard(cid);
      this.view.askAgain();
      this.view.tell(reason?.[this.language] ?? this.view.words.failed);
    }
  }

  private heard(author: string): void {
    if (author !== "agent" && author !== "ai") return;
    if (this.isOpen && !document.hidden) return;
    if (this.sound) chime();
    this.titleAlert.set(this.view.words.alert);
  }

  /** Many frames, one rendering.  A hidden page gets no animation frames, so it renders by a timer. */
  private later(): void {
    if (this.frame !== 0) return;
    this.frame = 1;
    const run = (): void => {
      if (this.frame === 0) return;
      this.frame = 0;
      this.render();
    };
    if (document.hidden) setTimeout(run, 50);
    else requestAnimationFrame(run);
  }

  private render(): void {
    const { words } = this.view;
    show(this.view.root, this.isOpen);
    set(this, "data-open", this.isOpen ? "" : null);
    set(this.launcher, "aria-expanded", String(this.isOpen));
    if (this.isOpen) this.view.render();
    if (this.isOpen && !document.hidden) for (const mine of this.client.inbox.ordered()) if (mine.unread > 0) this.client.read(mine);
    const { unread } = this.client.inbox;
    show(this.badge, unread > 0 && !this.isOpen);
    say(this.badge, unread > 99 ? "99+" : String(unread));
    const label = this.isOpen ? words.close : unread > 0 ? `${words.open} · ${fill(words.unread, { n: unread })}` : words.open;
    set(this.launcher, "aria-label", label);
    if (unread !== this.unread) {
      if (this.unread !== -1 || unread > 0) this.tell("kefu:unread", { count: unread });
      this.unread = unread;
    }
  }

  private tell(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}
