// The right column: who the visitor is, why he is here, and how the conversation came to where it stands.

import { html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import type { Card } from "../link/frames";
import { brief, dateTime, timeOfDay } from "../words/dates";
import { fill } from "../words/index";
import type { Summary } from "./api";
import { trace } from "./describe";
import { BenchElement, hueOf, icon, letterOf, styled } from "./element";
import css from "./panel.css";
import { vip } from "./rail";
import { whyFacts, whyLine } from "./why";

export class Panel extends BenchElement {
  static override styles = styled(css);
  @state() private past: Summary[] = [];
  private asked = "";

  protected override willUpdate(): void {
    const { talk } = this.bench;
    const visitor = talk?.card.visitor?.id ?? "";
    if (visitor === this.asked || talk === null) return;
    this.asked = visitor;
    this.past = [];
    if (visitor === "") return;
    this.bench.api.conversations({ visitor }).then(
      (cards) => {
        if (this.asked === visitor) this.past = cards;
      },
      () => undefined, // The rest of the panel does not need it.
    );
  }

  protected override render(): TemplateResult {
    const { bench, words } = this;
    const { talk } = bench;
    if (talk === null) return html``;
    const { card } = talk;
    const visitor = card.visitor;
    const name = bench.visitorName(card);
    return html`<div class="scroll">
      <header>
        <button class="icon-button back" aria-label=${words.back} @click=${() => bench.goto("talk")}>${icon("back")}</button>
        <div class="avatar large ${hueOf(visitor?.id ?? card.id)}">${letterOf(visitor, card.id)}</div>
        <strong>${name}</strong>
        <div class="chips">
          ${vip(visitor?.level) ? html`<em class="vip">${words.vip}</em>` : nothing}
          ${visitor?.level ? html`<em class="plain">${fill(words.level, { n: visitor.level })}</em>` : nothing}
          <em class=${visitor?.signed ? "good" : "plain"}>${visitor?.signed ? words.signed : words.unsigned}</em>
        </div>
      </header>
      ${this.why(card)}
      <section>
        <dl>
          ${row(words.page, visitor?.page ? link(visitor.page, visitor.title || visitor.page) : words.none)}
          ${row(words.referrer, visitor?.referrer ? link(visitor.referrer, hostOf(visitor.referrer)) : words.direct)}
          ${row(words.opened, dateTime(card.opened_at, bench.lang))}
          ${row(words.language, visitor?.lang === "en" ? words.lang_en : words.lang_zh)}
          ${row(words.channel, visitor?.channel === undefined || visitor.channel === "web" ? words.web : visitor.channel)}
        </dl>
      </section>
      ${this.tags(card)}${this.trace()}${this.previous(card)}
    </div>`;
  }

  private why(card: Card): TemplateResult | typeof nothing {
    const { words } = this;
    const line = whyLine(card.why, words);
    if (line === "") return nothing;
    return html`<section class="why" data-test="why">
      <h3>${words.why}</h3>
      <p>${line}</p>
      <small>${whyFacts(card.why, words).join(" · ")}</small>
    </section>`;
  }

  private tags(card: Card): TemplateResult {
    const { bench, words } = this;
    const tags = card.tags ?? [];
    const set = (next: string[]): void => bench.act({ act: "tag", tags: next }, card.id);
    const add = (event: Event): void => {
      event.preventDefault();
      const field = (event.target as HTMLFormElement).elements.namedItem("tag") as HTMLInputElement;
      const tag = field.value.trim();
      if (tag !== "" && !tags.includes(tag)) set([...tags, tag]);
      field.value = "";
    };
    return html`<section>
      <h3>${words.tags}</h3>
      <div class="tags" data-test="tags">
        ${tags.map(
          (tag) => html`<span class="tag">${tag}<button aria-label="${words.remove} ${tag}" @click=${() => set(tags.filter((one) => one !== tag))}>${icon("cross", 12)}</button></span>`,
        )}
        <form @submit=${add}><input name="tag" maxlength="40" data-test="tag-input" aria-label=${words.tag_add} placeholder=${words.tag_add} /></form>
      </div>
    </section>`;
  }

  private trace(): TemplateResult | typeof nothing {
    const { bench, words } = this;
    const steps = trace(bench.talk?.timeline.events ?? []).slice(-12);
    if (steps.length === 0) return nothing;
    return html`<section>
      <h3>${words.trace}</h3>
      <ol class="trace" data-test="trace">
        ${steps.map((step) => html`<li><span>${step.state}</span><time>${timeOfDay(step.at, bench.lang)}</time></li>`)}
      </ol>
    </section>`;
  }

  private previous(card: Card): TemplateResult {
    const { bench, words } = this;
    const past = this.past.filter((one) => one.conversation !== card.id).slice(0, 10);
    return html`<section>
      <h3>${words.previous}</h3>
      ${past.length === 0 ? html`<p class="none">${words.none}</p>` : nothing}
      ${past.map(
        (one) => html`<button class="past" @click=${() => bench.peek(one.conversation)}>
          <span>${one.visitor.title || (one.closed_at === null ? words.open_now : words.ended)}</span><time>${brief(one.opened_at, bench.client.now(), bench.lang)}</time>
        </button>`,
      )}
    </section>`;
  }
}

function row(name: string, value: unknown): TemplateResult {
  return html`<dt>${name}</dt><dd>${value}</dd>`;
}

/** A visitor's page chose these addresses: only web addresses become links. */
function link(address: string, text: string): TemplateResult {
  if (!/^https?:\/\//i.test(address)) return html`${text}`;
  return html`<a href=${address} target="_blank" rel="noopener noreferrer nofollow" title=${address}>${text}</a>`;
}

function hostOf(address: string): string {
  try {
    return new URL(address).host;
  } catch {
    return address;
  }
}

customElements.define("kefu-panel", Panel);
