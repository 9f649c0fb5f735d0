// One message on the screen.

import type { Lang } from "../link/frames";
import type { MessageRow } from "../link/thread";
import { icon } from "../look/icons";
import { pieces } from "../look/linkify";
import { timeOfDay } from "../words/dates";
import type { VisitorWords } from "../words/index";
import { h, type Child } from "./dom";

export interface BubbleGiven {
  words: VisitorWords;
  lang: Lang;
  /** Server time, ms UTC. */
  now: number;
  retry(cid: string): void;
  discard(cid: string): void;
  recall(row: MessageRow): void;
  choose(choice: string): void;
  /** Offer the choices of this message: only the last one's are still open. */
  choices: boolean;
}

export const RECALL_WITHIN = 120_000;

export function recallable(row: MessageRow, now: number): boolean {
  return row.mine && row.seq !== null && !row.recalled && now - row.at < RECALL_WITHIN;
}

export function bubble(row: MessageRow, given: BubbleGiven): HTMLElement {
  const { words } = given;
  if (row.recalled) {
    return h("div", { class: "line", ...marks(row) }, row.mine ? words.recalled_own : words.recalled);
  }
  const name = row.author.kind === "ai" ? row.author.name || words.robot : row.author.name || words.agent;
  const kind = `message ${row.mine ? "mine" : "theirs"}${row.first ? " first" : ""}${row.last ? " last" : ""}`;
  return h(
    "div",
    { class: kind, ...marks(row) },
    !row.mine && h("div", { class: "avatar", "aria-hidden": "true" }, row.first ? initial(row, name) : null),
    h(
      "div",
      { class: "body" },
      !row.mine && row.first && row.author.kind !== "system" && h("div", { class: "name" }, name),
      h("div", { class: "bubble", dir: "auto" }, ...text(row.text)),
      given.choices && row.menu.length > 0 && chips(row.menu, given.choose),
      meta(row, given),
    ),
  );
}

export function chips(menu: string[], choose: (choice: string) => void): HTMLElement {
  const items = menu.map((choice) => {
    return h("button", { type: "button", class: "chip", "data-test": "menu-item", onclick: () => choose(choice) }, choice);
  });
  return h("div", { class: "chips" }, ...items);
}

export function initialOf(name: string): string {
  return [...name.trim()][0]?.toUpperCase() ?? "·";
}

function initial(row: MessageRow, name: string): Child {
  return row.author.kind === "system" ? icon("chat", 16) : row.author.kind === "ai" ? icon("bolt", 16) : initialOf(name);
}

function marks(row: MessageRow): Record<string, string> {
  return {
    "data-test": "message",
    "data-seq": String(row.seq ?? ""),
    "data-cid": row.cid,
    "data-author": row.author.kind,
    "data-state": row.recalled ? "recalled" : row.state,
  };
}

function text(words: string): Child[] {
  return pieces(words).map(({ text, href }) =>
    href === null ? text : h("a", { href, target: "_blank", rel: "noopener noreferrer nofollow" }, text),
  );
}

function meta(row: MessageRow, given: BubbleGiven): Child {
  const { words } = given;
  if (row.state === "failed") {
    return h(
      "div",
      { class: "meta is-failed" },
      icon("alert", 14),
      h("span", {}, row.reason?.[given.lang] ?? words.failed),
      h("button", { type: "button", "data-test": "retry", onclick: () => given.retry(row.cid) }, words.retry),
      h("button", { type: "button", "data-test": "discard", onclick: () => given.discard(row.cid) }, words.discard),
    );
  }
  const late = row.state === "sending";
  if (!row.last && !late) return null;
  const state = row.state === "none" ? null : words[row.state];
  const mark = row.state === "read" ? "checks" : row.state === "delivered" ? "checks" : late ? "clock" : "check";
  return h(
    "div",
    { class: `meta is-${row.state}` },
    recallable(row, given.now) &&
      h("button", { type: "button", class: "recall", "data-test": "recall", onclick: () => given.recall(row) }, words.recall),
    h("time", { datetime: new Date(row.at).toISOString() }, timeOfDay(row.at, given.lang)),
    state !== null && h("span", { class: "state" }, icon(mark, 14), state),
  );
}
