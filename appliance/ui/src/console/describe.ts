// What staff read about events that are not words of a person.  null: nothing worth a line.

import type { ChatEvent } from "../link/frames";
import { fill, type DeskWords } from "../words/index";
import { whyLine } from "./why";

/** Names of agents by id; events carry ids where they need no name. */
export type NameOf = (agent: string) => string;

export function describe(event: ChatEvent, words: DeskWords, nameOf: NameOf): string | null {
  switch (event.kind) {
    case "joined":
      return fill(words.l_joined, { name: event.agent.name || nameOf(event.agent.id) });
    case "released":
      return fill(words.l_released, { name: event.agent.name || nameOf(event.agent.id) });
    case "queued":
      return fill(words.l_queued, { queue: event.queue ?? "" });
    case "ended":
      return words[`l_ended_${event.by}`];
    case "closed":
    case "rating_asked":
    case "form_asked":
      return words[`l_${event.kind}`];
    case "rated":
      return fill(words.l_rated, { stars: "★".repeat(event.score) }) + (event.comment ? ` · ${event.comment}` : "");
    case "form":
      return `${words.l_form} · ${Object.values(event.fields).filter(Boolean).join(" · ")}`;
    case "tagged":
      return fill(words.l_tagged, { tags: event.tags.join("、") || words.none });
    case "why":
      return fill(words.l_why, { why: `${nameOf(event.agent)} · ${whyLine(event.reasons, words)}` });
    case "transferred": {
      const to = event.to_agent ? nameOf(event.to_agent) : (event.to_queue ?? "");
      const by = event.by.name || nameOf(event.by.id);
      return fill(words.l_transferred, { by, to }) + (event.note ? ` · ${event.note}` : "");
    }
    case "reminded":
      return event.who === "visitor" ? words.l_reminded_visitor : words.l_reminded;
    case "failed":
    case "parked":
      return fill(words[`l_${event.kind}`], { cause: event.cause });
    case "joined_staff":
      return fill(event.inside ? words.l_staff_in : words.l_staff_out, { name: event.agent.name || nameOf(event.agent.id) });
    case "lost":
      return fill(words.l_lost, { name: nameOf(event.agent) });
    default:
      return null;
  }
}

/** The states a conversation went through: every change, with the time it happened. */
export function trace(events: readonly ChatEvent[]): { seq: number; at: number; state: string }[] {
  const steps: { seq: number; at: number; state: string }[] = [];
  for (const event of events) {
    const states = event.kind === "state" ? event.to : event.state;
    const state = states?.at(-1);
    if (state !== undefined && state !== steps.at(-1)?.state) steps.push({ seq: event.seq, at: event.at, state });
  }
  return steps;
}
