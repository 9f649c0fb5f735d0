// The routing decision as a sentence: "售前 · 最闲 2/8", and in full for those who ask.

import type { Reasons } from "../link/frames";
import { duration } from "../words/dates";
import { fill, type DeskWords } from "../words/index";

/** The short line: queue, what won, load. */
export function whyLine(reasons: Reasons | null | undefined, words: DeskWords): string {
  if (reasons == null) return "";
  const rule = text(reasons["rule"]);
  const parts = [text(reasons["queue"])];
  parts.push(rule === "" ? "" : `${ruleName(rule, reasons, words)} ${text(reasons["load"])}`.trim());
  if (reasons["left"] === true) parts.push(words.why_left);
  return parts.filter((part) => part !== "").join(" · ");
}

/** The rest of the reasons, one fact each. */
export function whyFacts(reasons: Reasons | null | undefined, words: DeskWords): string[] {
  if (reasons == null) return [];
  const facts: string[] = [];
  const waited = reasons["waited_ms"];
  if (typeof waited === "number" && waited >= 1000) facts.push(fill(words.why_waited, { time: duration(waited, words) }));
  if (reasons["vip"] === true) facts.push(words.why_vip);
  if (reasons["aged"] === true) facts.push(words.why_aged);
  for (const name of ["eligible", "full", "not_ready"] as const) {
    const n = count(reasons, name);
    if (n > 0) facts.push(fill(words[`why_${name}`], { n }));
  }
  return facts;
}

function ruleName(rule: string, reasons: Reasons, words: DeskWords): string {
  const key = `why_${rule}`;
  const known = key in words ? words[key as keyof DeskWords] : rule;
  return fill(known, { from: text(reasons["home"]) });
}

function count(reasons: Reasons, name: string): number {
  const given = reasons[`${name}_count`];
  if (typeof given === "number") return given;
  const list = reasons[name];
  return Array.isArray(list) ? list.length : 0;
}

function text(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}
