// Who the visitor talks to, how the connection is, and the few things that are not writing.

import { icon, type IconName } from "../look/icons";
import { fill, type VisitorWords } from "../words/index";
import { initialOf } from "./bubble";
import { h, say, set, show } from "./dom";

export interface HeaderState {
  title: string;
  agent: string | null;
  link: "online" | "connecting" | "reconnecting" | "full" | "stopped" | "replaced";
  /** Seconds until the next try, where the server has said when. */
  again: number;
  canEnd: boolean;
  canAsk: boolean;
  sound: boolean;
}

export class Header {
  readonly root: HTMLElement;
  readonly bar: HTMLElement;
  readonly confirm: HTMLElement;
  private readonly face = h("div", { class: "face", "aria-hidden": "true" });
  private readonly title = h("div", { class: "title", "data-test": "agent-name" });
  private readonly status = h("div", { class: "status", "data-test": "connection", role: "status" });
  private readonly barText = h("span");
  // Seen but not read out: a screen reader would say every second anew.
  private readonly barTime = h("b", { "aria-hidden": "true" });
  private readonly barButton: HTMLButtonElement;
  private readonly menu: HTMLElement;
  private readonly more: HTMLButtonElement;
  private readonly items: Record<"ask" | "end" | "sound", HTMLButtonElement>;
  private faceShown = "";

  constructor(
    private readonly words: VisitorWords,
    given: { close(): void; end(): void; ask(): void; sound(): void; again(): void },
  ) {
    const item = (name: string, picture: IconName, text: string, act: () => void): HTMLButtonElement => {
      const press = (): void => {
        this.toggleMenu(false);
        act();
      };
      return h("button", { type: "button", role: "menuitem", "data-test": name, onclick: press }, icon(picture, 18), h("span", {}, text));
    };
    this.items = {
      ask: item("ask-human", "human", words.ask_human, given.ask),
      sound: item("sound", "bell", words.sound_off, given.sound),
      end: item("end", "end", words.end, () => show(this.confirm, true)),
    };
    this.menu = h("div", { class: "menu", role: "menu", hidden: true }, this.items.ask, this.items.sound, this.items.end);
    this.more = h(
      "button",
      { type: "button", class: "round", "aria-label": words.menu, "aria-haspopup": "menu", "aria-expanded": "false", "data-test": "more", onclick: () => this.toggleMenu() },
      icon("more"),
    );
    const close = h("button", { type: "button", class: "round", "aria-label": words.close, "data-test": "close", onclick: given.close }, icon("down"));
    this.root = h(
      "header",
      { class: "header" },
      this.face,
      h("div", { class: "who" }, this.title, this.status),
      this.more,
      close,
      this.menu,
    );
    this.barButton = h("button", { type: "button", onclick: given.again, "data-test": "retry-connection" });
    this.bar = h("div", { class: "bar", role: "status", hidden: true }, h("span", {}, this.barText, this.barTime), this.barButton);
    const hide = (): void => show(this.confirm, false);
    const sure = (): void => (hide(), given.end());
    this.confirm = h(
      "div",
      { class: "confirm", role: "alertdialog", "aria-label": words.end_sure, hidden: true },
      h("p", {}, words.end_sure),
      h("button", { type: "button", class: "quiet", onclick: hide, "data-test": "end-cancel" }, words.cancel),
      h("button", { type: "button", class: "primary", onclick: sure, "data-test": "end-confirm" }, words.end),
    );
  }

  render(state: HeaderState): void {
    const { words } = this;
    say(this.title, state.agent ?? state.title);
    const face = state.agent === null ? "" : initialOf(state.agent);
    if (face !== this.faceShown || !this.face.hasChildNodes()) {
      this.face.replaceChildren(face === "" ? icon("chat", 20) : face);
      this.faceShown = face;
    }
    const calm = state.link === "online";
    const under = state.agent === null ? words.service : `${state.title} · ${words.online}`;
    // The bar says it in full.
    say(this.status, calm || state.link === "full" ? under : state.link === "connecting" ? words.connecting : words.reconnecting);
    set(this.status, "data-state", state.link);
    show(this.bar, state.link !== "online" && state.link !== "connecting");
    const parted = state.link === "replaced" || state.link === "stopped";
    const full = state.link === "full";
    say(this.barText, full ? words.no_room : state.link === "replaced" ? words.replaced : parted ? words.stopped : words.reconnecting);
    say(this.barTime, full && state.again > 0 ? fill(words.no_room_in, { n: state.again }) : "");
    show(this.barButton, !full);
    say(this.barButton, parted ? words.resume_here : words.retry_now);
    show(this.items.ask, state.canAsk);
    show(this.items.end, state.canEnd);
    if (!state.canEnd) show(this.confirm, false);
    say(this.items.sound.lastElementChild!, state.sound ? words.sound_off : words.sound_on);
  }

  /** Returns whether something was open and is closed now. */
  dismiss(): boolean {
    const open = !this.menu.hidden || !this.confirm.hidden;
    this.toggleMenu(false);
    show(this.confirm, false);
    return open;
  }

  private toggleMenu(open = this.menu.hidden === true): void {
    show(this.menu, open);
    set(this.more, "aria-expanded", String(open));
    if (open) this.menu.querySelector<HTMLElement>("button:not([hidden])")?.focus();
  }
}
