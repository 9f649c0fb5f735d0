// The load and what it has switched off, live; holding a tier by hand; and the rehearsal.  A mode that was never rehearsed
// fails on the day it is needed, so rehearsing it is a button.

import { html, nothing, svg, type TemplateResult } from "lit";
import { query, state } from "lit/decorators.js";
import type { Feature } from "../link/frames";
import { dateTime, duration } from "../words/dates";
import { fill } from "../words/index";
import { ApiError, type Overload } from "./api";
import { Course, share } from "./course";
import { BenchElement, icon, styled } from "./element";
import dialogs from "./dialogs.css";
import css from "./load.css";
import pages from "./pages.css";

const EVERY = 1_000;
const TIMES = [60, 300, 600, 1_800, 3_600];
const HOLDS = [2, 5, 15, 30, 60];
/** Up three tiers and down two again. */
const STEPS = 5;
const ADDS: Record<number, Feature[]> = { 1: ["read_receipts", "typing"], 2: ["push_delay"], 3: ["batching", "presence", "new_visitors"] };

export class LoadPage extends BenchElement {
  static override styles = styled(pages, dialogs, css);
  @state() private now: Overload | null = null;
  @state() private wrong = "";
  @state() private denied = false;
  @state() private tier = 1;
  @state() private hold = 5;
  @query("dialog") private readonly dialog!: HTMLDialogElement;
  private readonly course = new Course();
  private timer: ReturnType<typeof setTimeout> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.follow();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
  }

  protected override render(): TemplateResult {
    const { bench, words, now, denied } = this;
    return html`<div class="inner" data-test="load-page">
      <header>
        <button class="icon-button back" aria-label=${words.back} @click=${() => bench.show("mine")}>${icon("back")}</button>
        <div><h1>${words.load_title}</h1><p>${words.load_hint}</p></div>
        ${now === null || denied ? nothing : html`<button class="primary" data-test="rehearse" @click=${() => this.dialog.showModal()}>${words.load_rehearse}</button>`}
      </header>
      <div class="wrong" role="alert" data-test="load-wrong" ?hidden=${this.wrong === ""}>${this.wrong}</div>
      ${now === null || denied
        ? html`<p class="none">${denied ? words.load_denied : this.wrong === "" ? words.loading : ""}</p>`
        : html`${this.wall(now)}${this.parts(now)}${this.ladder(now)}${this.manual(now)}${this.saved(now)}${this.history(now)}${this.confirm()}`}
    </div>`;
  }

  // ---- what there is to see

  private wall(now: Overload): TemplateResult {
    const { bench, words } = this;
    const why = now.tier === 0 ? words.load_calm : `${this.causeWord(now.cause)} · ${fill(words.load_for, { time: duration(bench.client.now() - now.since, words) })}`;
    const line = (level: number): TemplateResult => svg`<line class="threshold" x1="0" x2="100" y1=${this.course.y(level)} y2=${this.course.y(level)} />`;
    return html`<section class="card wall" data-tier=${now.tier} data-test="load-wall">
      <div class="figures">
        <strong class="tier" data-test="load-tier" data-tier=${now.tier}>${fill(words.load_tier, { n: now.tier })}</strong>
        <span data-test="load-cause">${why}</span>
        <output class="load" data-test="load-share">${share(now.load)}</output>
      </div>
      <svg class="chart" viewBox="0 0 100 40" preserveAspectRatio="none" role="img" aria-label=${fill(words.load_chart, { n: share(now.load) })}>
        ${now.thresholds.map(({ enter }) => line(enter))}
        <path class="area" d=${this.course.area(Date.now())} /><path class="course" d=${this.course.line(Date.now())} />
      </svg>
      ${now.off.length === 0 ? nothing : html`<div class="chips" data-test="load-off">${now.off.map((feature) => html`<em class="bad">${words[`off_${feature}`] ?? feature}</em>`)}</div>`}
    </section>`;
  }

  private parts(now: Overload): TemplateResult {
    const { words } = this;
    return html`<section class="card">
      <h2>${words.load_parts} <small>${words.load_parts_hint}</small></h2>
      <ul class="parts">
        ${Object.entries(now.components).map(
          ([name, value]) => html`<li class=${name === now.busiest ? "most" : ""} data-test="load-part" data-name=${name}>
            <span>${this.causeWord(name)}</span>
            <meter min="0" max="1" high="0.7" optimum="0" value=${Math.min(1, value)} aria-label=${this.causeWord(name)}></meter>
            <b>${share(value)}</b>
          </li>`,
        )}
      </ul>
    </section>`;
  }

  private ladder(now: Overload): TemplateResult {
    const { words, bench } = this;
    return html`<section class="card">
      <h2>${words.load_ladder}</h2>
      ${now.thresholds.length === 0 ? html`<p class="none">${words.load_no_ladder}</p>` : nothing}
      <ol class="rungs">
        ${[...now.thresholds]
          .sort((a, b) => a.tier - b.tier)
          .map(
            (rung) => html`<li class=${rung.tier <= now.tier ? "on" : ""} aria-current=${rung.tier === now.tier ? "true" : nothing} data-test="load-rung" data-tier=${rung.tier}>
              <b>${fill(words.load_tier, { n: rung.tier })}</b>
              <span class="grow">${bench.offWords(ADDS[rung.tier] ?? [])}</span>
              <small>${fill(words.load_enter, { n: share(rung.enter) })} · ${fill(words.load_leave, { n: share(rung.leave) })}</small>
            </li>`,
          )}
      </ol>
    </section>`;
  }

  private saved(now: Overload): TemplateResult | typeof nothing {
    const { words } = this;
    const counts = Object.entries(now.suppressed).filter(([, count]) => count > 0);
    if (counts.length === 0) return nothing;
    return html`<section class="card">
      <h2>${words.load_saved}</h2>
      <dl class="saved">${counts.map(([name, count]) => html`<div data-test="load-saved" data-name=${name}><dt>${words[`off_${name as Feature}`] ?? name}</dt><dd>${count}</dd></div>`)}</dl>
    </section>`;
  }

  private history(now: Overload): TemplateResult {
    const { words, bench } = this;
    return html`<section class="card">
      <h2>${words.load_history}</h2>
      ${now.history.length === 0 ? html`<p class="none">${words.load_history_none}</p>` : nothing}
      <ol class="history" tabindex="0" aria-label=${words.load_history} ?hidden=${now.history.length === 0}>
        ${[...now.history].reverse().map(
          ({ at, from, to, load, cause }) => html`<li data-test="load-change" data-from=${from} data-to=${to}>
            <time>${dateTime(at, bench.lang)}</time><b class=${to > from ? "up" : "down"}>${from} → ${to}</b>
            <span class="grow">${to < from && cause in now.components ? words.load_fell : this.causeWord(cause)}</span><small>${share(load)}</small>
          </li>`,
        )}
      </ol>
    </section>`;
  }

  // ---- what there is to do

  private manual(now: Overload): TemplateResult {
    const { words } = this;
    const time = (seconds: number): string => duration(seconds * 1000, words);
    return html`<form class="card" data-test="load-form" @submit=${this.submit}>
      <h2>${words.load_manual} <small>${words.load_manual_hint}</small></h2>
      ${now.forced === null ? nothing : this.held(now.forced)}
      <div class="choices">
        <label><span>${words.load_pick}</span>
          <select name="tier" data-test="load-pick" .value=${String(this.tier)} @change=${(event: Event) => (this.tier = Number((event.target as HTMLSelectElement).value))}>
            ${[0, 1, 2, 3].map((tier) => html`<option value=${tier} ?selected=${tier === this.tier}>${fill(words.load_tier, { n: tier })}</option>`)}
          </select></label>
        <label><span>${words.load_time}</span>
          <select name="seconds" data-test="load-time">${TIMES.map((seconds) => html`<option value=${seconds} ?selected=${seconds === 300}>${time(seconds)}</option>`)}</select></label>
        <button class="primary" data-test="load-hold">${words.load_hold}</button>
      </div>
      ${this.tier === 0 ? html`<p class="none" data-test="load-zero">${words.load_zero}</p>` : nothing}
    </form>`;
  }

  private held({ tier, until, by }: NonNullable<Overload["forced"]>): TemplateResult {
    const { words, bench } = this;
    const known = bench.client.inbox.desk?.agents.find((agent) => agent.id === by)?.name;
    const name = known ?? (by === bench.client.inbox.you?.id ? words.you : words.load_terminal);
    const time = duration(until - bench.client.now(), words);
    const text = by === "rehearsal" ? words.load_rehearsing : fill(words.load_held, { name, n: tier, time });
    return html`<div class="held" data-test="load-forced">
      <span>${text}</span><button type="button" class="small" data-test="load-auto" @click=${() => this.act(() => bench.api.forceTier(null, 0))}>${words.load_auto}</button>
    </div>`;
  }

  private confirm(): TemplateResult {
    const { words, hold } = this;
    const time = (seconds: number): string => duration(seconds * 1000, words);
    return html`<dialog data-test="rehearse-dialog" aria-label=${words.load_rehearse_title}>
      <form method="dialog" @submit=${() => this.act(() => this.bench.api.rehearse(this.hold))}>
        <h2>${words.load_rehearse_title}</h2>
        <p>${fill(words.load_rehearse_text, { time: hold * STEPS < 120 ? fill(words.seconds, { n: hold * STEPS }) : time(hold * STEPS) })}</p>
        <label><span>${words.load_rehearse_hold}</span>
          <select data-test="rehearse-hold" @change=${(event: Event) => (this.hold = Number((event.target as HTMLSelectElement).value))}>
            ${HOLDS.map((seconds) => html`<option value=${seconds} ?selected=${seconds === hold}>${time(seconds)}</option>`)}
          </select></label>
        <div class="buttons">
          <button type="button" class="ghost" data-test="rehearse-cancel" @click=${() => this.dialog.close()}>${words.cancel}</button>
          <button class="primary" data-test="rehearse-go">${words.load_rehearse_go}</button>
        </div>
      </form>
    </dialog>`;
  }

  private readonly submit = (event: Event): void => {
    event.preventDefault();
    const given = new FormData(event.target as HTMLFormElement);
    void this.act(() => this.bench.api.forceTier(Number(given.get("tier")), Number(given.get("seconds"))));
  };

  private async act(ask: () => Promise<Overload>): Promise<void> {
    try {
      this.take(await ask());
    } catch (error) {
      this.wrong = error instanceof ApiError && error.message ? error.message : this.words.unreachable;
    }
  }

  /** Ask again and again, one question at a time, while this page is open and seen. */
  private async follow(): Promise<void> {
    if (!document.hidden) {
      try {
        this.take(await this.bench.api.overload());
      } catch (error) {
        this.denied = error instanceof ApiError && (error.status === 403 || error.status === 401);
        this.wrong = this.denied ? "" : this.words.load_lost;
      }
    }
    if (this.isConnected && !this.denied) this.timer = setTimeout(() => void this.follow(), EVERY);
  }

  private take(now: Overload): void {
    this.wrong = "";
    this.now = now;
    this.course.add(Date.now(), now.load);
  }

  private causeWord(cause: string): string {
    const key = `load_${cause}` as "load_loop";
    return this.words[key] ?? cause;
  }
}

customElements.define("kefu-load", LoadPage);
