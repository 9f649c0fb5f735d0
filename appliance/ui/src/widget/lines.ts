// What a visitor reads about events that are not words of a person.  null: nothing.

import type { ChatEvent } from "../link/frames";
import { fill, type VisitorWords } from "../words/index";

export function lineFor(event: ChatEvent, words: VisitorWords): string | null {
  switch (event.kind) {
    case "joined":
      return fill(words.joined, { name: event.agent.name || words.agent });
    case "ended":
      return words[`ended_${event.by}`] ?? words.ended_system;
    case "closed":
      return words.closed;
    case "rated":
      return words.rated;
    case "form":
      return words.form_done;
    default:
      return null;
  }
}

/** Whether an event makes a line.  "closed" right behind "ended" would say the same thing twice. */
export function linesFor(events: readonly ChatEvent[]): (event: ChatEvent) => boolean {
  const said = events.some((event) => event.kind === "ended" || event.kind === "rated");
  return (event) => {
    if (event.kind === "closed") return !said;
    return ["joined", "ended", "rated", "form"].includes(event.kind);
  };
}

/** "3 ahead of you, about 2 min" for a place in the queue. */
export function queueLine(place: { position: number; wait: number | null }, words: VisitorWords): string {
  const ahead = place.position - 1;
  const where = ahead > 0 ? fill(words.queue, { n: ahead }) : words.queue_first;
  if (place.wait === null) return where;
  const minutes = Math.ceil(place.wait / 60_000);
  const time =
    place.wait < 60_000
      ? words.under_minute
      : minutes < 60
        ? fill(words.minutes, { n: minutes })
        : fill(words.hours, { n: Math.ceil(minutes / 60) });
  return where + fill(words.queue_wait, { time });
}
