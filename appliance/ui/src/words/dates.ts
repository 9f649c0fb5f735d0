// Days, times of day and durations, as a person would say them.

import type { Lang } from "../link/frames";
import { fill } from "./index";

const LOCALE = { zh: "zh-CN", en: "en-GB" } as const;
const formats = new Map<string, Intl.DateTimeFormat>();

function format(lang: Lang, name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = lang + name;
  const known = formats.get(key) ?? new Intl.DateTimeFormat(LOCALE[lang], options);
  formats.set(key, known);
  return known;
}

export function timeOfDay(at: number, lang: Lang): string {
  return format(lang, "time", { hour: "2-digit", minute: "2-digit", hour12: false }).format(at);
}

export function day(at: number, now: number, lang: Lang, words: { today: string; yesterday: string }): string {
  const name = new Date(at).toDateString();
  if (name === new Date(now).toDateString()) return words.today;
  if (name === new Date(now - 86_400_000).toDateString()) return words.yesterday;
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return format(lang, sameYear ? "day" : "year", {
    month: lang === "zh" ? "long" : "short",
    day: "numeric",
    ...(sameYear ? { weekday: "short" } : { year: "numeric" }),
  }).format(at);
}

/** Time of day for today, else the date: for lists. */
export function brief(at: number, now: number, lang: Lang): string {
  if (new Date(at).toDateString() === new Date(now).toDateString()) return timeOfDay(at, lang);
  return format(lang, "brief", { month: "numeric", day: "numeric" }).format(at);
}

export function dateTime(at: number, lang: Lang): string {
  const options = { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false } as const;
  return format(lang, "full", options).format(at);
}

export interface DurationWords {
  seconds: string;
  minutes: string;
  hours: string;
  days: string;
}

/** Milliseconds as the largest whole unit. */
export function duration(ms: number, words: DurationWords): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return fill(words.seconds, { n: seconds });
  if (seconds < 3600) return fill(words.minutes, { n: Math.floor(seconds / 60) });
  if (seconds < 86_400) return fill(words.hours, { n: Math.floor(seconds / 3600) });
  return fill(words.days, { n: Math.floor(seconds / 86_400) });
}
