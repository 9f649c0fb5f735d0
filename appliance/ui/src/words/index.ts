// Words by language.  Visitor and staff words are separate objects so that the widget carries only its own.

import type { Lang } from "../link/frames";
import type { LoadWords } from "./load";
import * as zh from "./zh";

export type VisitorWords = { readonly [key in keyof typeof zh.visitor]: string };
export type DeskWords = { readonly [key in keyof typeof zh.staff]: string };
export type StaffWords = DeskWords & LoadWords;

/** The language for a list of wishes such as navigator.languages or ["zh-TW"]. */
export function pickLang(wishes: readonly (string | null | undefined)[]): Lang {
  for (const wish of wishes) {
    if (wish?.toLowerCase().startsWith("zh")) return "zh";
    if (wish?.toLowerCase().startsWith("en")) return "en";
  }
  return wishes.some(Boolean) ? "en" : "zh";
}

/** Put values into the {places} of a sentence. */
export function fill(sentence: string, values: Record<string, string | number>): string {
  return sentence.replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
}
