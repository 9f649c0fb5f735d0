// What all parts of the console share: the workbench, the look, and icons inside templates.

import { html, LitElement, nothing, type CSSResultGroup, type TemplateResult, unsafeCSS } from "lit";
import { property } from "lit/decorators.js";
import { icon as draw, type IconName } from "../look/icons";
import tokens from "../tokens.css";
import { fill } from "../words/index";
import type { Bench } from "./bench";
import look from "./look.css";
import people from "./people.css";

export const base = [tokens, people, look].map(unsafeCSS);

export function styled(...texts: string[]): CSSResultGroup {
  return [...base, ...texts.map((text) => unsafeCSS(text))];
}

export function icon(name: IconName, size = 18): SVGSVGElement {
  return draw(name, size);
}

/** The letter in a visitor's avatar; those without a name differ by their id. */
export function letterOf(visitor: { id: string; name?: string } | undefined, conversation: string): string {
  return visitor?.name ? initialOf(visitor.name) : (visitor?.id || conversation).slice(-4, -3).toUpperCase();
}

/** The first letter of a name, for its avatar. */
export function initialOf(name: string): string {
  return [...name.trim()][0]?.toUpperCase() ?? "·";
}

/** One of six quiet colours, always the same for the same person. */
export function hueOf(id: string): string {
  let sum = 0;
  for (const char of id) sum = (sum * 31 + char.codePointAt(0)!) >>> 0;
  return `hue${sum % 6}`;
}

/** How old what is shown of agents and queues is, while it does not come at each change. */
export function deskAge(bench: Bench): TemplateResult | typeof nothing {
  const { inbox } = bench.client;
  if (!inbox.off("presence")) return nothing;
  const age = Math.max(0, Math.round((Date.now() - inbox.deskAt) / 1000));
  return html`<p class="aged" data-test="desk-age">${icon("clock", 14)}${fill(bench.words.desk_age, { n: age })}</p>`;
}

/** Rendered again whenever the workbench changes. */
export abstract class BenchElement extends LitElement {
  @property({ attribute: false }) bench!: Bench;
  private stop = (): void => undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.stop = this.bench.listen(() => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop();
  }

  protected get words(): Bench["words"] {
    return this.bench.words;
  }
}
