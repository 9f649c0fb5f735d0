// The list of messages.  Rows are kept by key and rebuilt only when they look different, so that scrolling, selection and
// screen readers are not disturbed by what has not changed.

import type { Lang } from "../link/frames";
import type { Row } from "../link/thread";
import { day } from "../words/dates";
import type { VisitorWords } from "../words/index";
import { bubble, recallable, type BubbleGiven } from "./bubble";
import { h, say, show } from "./dom";
import { lineFor } from "./lines";

export interface LogGiven extends Omit<BubbleGiven, "now" | "choices"> {
  words: VisitorWords;
  lang: Lang;
  now(): number;
  /** Ask for older messages. */
  earlier(): void;
}

const FIRST_ROWS = 120;
const NEAR = 48;

export class Log {
  readonly head = h("div", { class: "log-head" });
  private readonly older: HTMLButtonElement;
  private readonly jump: HTMLButtonElement;
  private readonly list: HTMLElement;
  private readonly scroller: HTMLElement;
  readonly root: HTMLElement;
  private readonly shown = new Map<string, { element: HTMLElement; look: string }>();
  private limit = FIRST_ROWS;
  private lastKey = "";
  private firstKey = "";
  private ending = true;

  constructor(private readonly given: LogGiven) {
    const { words } = given;
    this.older = h("button", { type: "button", class: "older", hidden: true, onclick: () => this.grow() }, words.earlier);
    this.list = h("div", { role: "log", "aria-live": "polite", "aria-label": words.log, class: "list", "data-test": "log" });
    this.scroller = h("div", { class: "scroller", tabindex: "0", onscroll: () => this.scrolled() }, this.older, this.head, this.list);
    this.jump = h("button", { type: "button", class: "jump", hidden: true, onclick: () => this.toEnd() }, words.new_messages);
    this.root = h("div", { class: "log" }, this.scroller, this.jump);
    // A bar that opens above, a keyboard that opens below: who read the newest message goes on seeing it.
    new ResizeObserver(() => this.ending && this.toEnd()).observe(this.scroller);
  }

  render(rows: Row[], more: boolean): void {
    const atEnd = this.atEnd;
    const from = Math.max(0, rows.length - this.limit);
    const visible = rows.slice(from);
    show(this.older, from > 0 || more);
    const height = this.scroller.scrollHeight;
    this.reconcile(visible, rows.at(-1)?.key ?? "");
    const lastKey = rows.at(-1)?.key ?? "";
    const firstKey = visible[0]?.key ?? "";
    const newest = rows.at(-1);
    const own = lastKey !== this.lastKey && newest?.type === "message" && newest.mine;
    if (atEnd || own || this.lastKey === "") this.toEnd();
    else if (firstKey !== this.firstKey) this.scroller.scrollTop += this.scroller.scrollHeight - height;
    else if (lastKey !== this.lastKey) show(this.jump, true);
    this.lastKey = lastKey;
    this.firstKey = firstKey;
  }

  /** Keep the newest message in sight when something below changes its height. */
  settle(change: () => void): void {
    const atEnd = this.atEnd;
    change();
    if (atEnd) this.toEnd();
  }

  toEnd(): void {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    show(this.jump, false);
  }

  private get atEnd(): boolean {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR;
  }

  private scrolled(): void {
    this.ending = this.atEnd;
    if (this.ending) show(this.jump, false);
    if (this.scroller.scrollTop < NEAR && !this.older.hidden) this.grow();
  }

  private grow(): void {
    this.limit += FIRST_ROWS;
    this.given.earlier();
  }

  private reconcile(rows: Row[], newest: string): void {
    const keys = new Set(rows.map((row) => row.key));
    for (const [key, { element }] of this.shown) {
      if (keys.has(key)) continue;
      element.remove();
      this.shown.delete(key);
    }
    let place: ChildNode | null = this.list.firstChild;
    for (const row of rows) {
      const look = this.look(row, row.key === newest);
      let known = this.shown.get(row.key);
      if (known === undefined || known.look !== look) {
        const element = this.build(row, row.key === newest);
        if (known === undefined) element.classList.add("fresh");
        else {
          if (place === known.element) place = element;
          known.element.replaceWith(element);
        }
        known = { element, look };
        this.shown.set(row.key, known);
      }
      if (known.element === place) place = place.nextSibling;
      else this.list.insertBefore(known.element, place);
    }
  }

  /** Everything that decides how a row looks, as one string. */
  private look(row: Row, newest: boolean): string {
    if (row.type !== "message") return row.type + row.key + new Date(this.given.now()).toDateString();
    const { seq, text, state, first, last, recalled, reason, at } = row;
    const mayRecall = recallable(row, this.given.now());
    return JSON.stringify([seq, text, state, first, last, recalled, reason, at, mayRecall, newest && row.menu]);
  }

  private build(row: Row, newest: boolean): HTMLElement {
    const { given } = this;
    switch (row.type) {
      case "message":
        return bubble(row, { ...given, now: given.now(), choices: newest });
      case "day":
        return h("div", { class: "day" }, day(row.at, given.now(), given.lang, given.words));
      case "divider":
        return h("div", { class: "divider" }, h("span", {}, given.words.new_conversation));
      case "hole":
        return h("div", { class: "line" }, given.words.loading);
      case "line": {
        const line = h("div", { class: "line", "data-test": "line", "data-kind": row.event.kind });
        say(line, lineFor(row.event, given.words) ?? "");
        return line;
      }
    }
  }
}
