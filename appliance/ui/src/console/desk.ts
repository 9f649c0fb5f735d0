// The main page: rail, conversation, visitor; what lies over them; and the keys that move between them.

import { html, nothing, type TemplateResult } from "lit";
import { duration } from "../words/dates";
import { fill } from "../words/index";
import { PAGES } from "./bench";
import css from "./desk.css";
import { BenchElement, icon, styled } from "./element";
import "./dialogs";
import "./history";
import "./load";
import "./palette";
import "./panel";
import "./rail";
import "./replies";
import "./talk";
import "./team";

export class Desk extends BenchElement {
  static override styles = styled(css);
  private ticking = 0;
  private readonly leaving = new AbortController();

  override connectedCallback(): void {
    super.connectedCallback();
    const { signal } = this.leaving;
    addEventListener("keydown", this.key, { signal });
    addEventListener("pagehide", () => this.bench.client.leave(), { signal });
    addEventListener("online", () => this.bench.client.link.hurry(), { signal });
    document.addEventListener("visibilitychange", this.back, { signal });
    // Waiting times and the age of the data are said in seconds.
    this.ticking = window.setInterval(() => document.hidden || this.bench.changed(), 1_000);
    this.bench.attention.opened = (conversation) => this.bench.select(conversation);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.leaving.abort();
    clearInterval(this.ticking);
  }

  protected override render(): TemplateResult {
    const { bench } = this;
    const page = PAGES.has(bench.tab);
    return html`
      ${this.banner()}${this.loaded()}${this.configured()}
      <div class="columns" data-column=${page ? "page" : bench.column}>
        <kefu-rail .bench=${bench}></kefu-rail>
        ${bench.tab === "team" ? html`<kefu-team class="page" .bench=${bench}></kefu-team>` : nothing}
        ${bench.tab === "replies" ? html`<kefu-replies class="page" .bench=${bench}></kefu-replies>` : nothing}
        ${bench.tab === "load" ? html`<kefu-load class="page" .bench=${bench}></kefu-load>` : nothing}
        ${page
          ? nothing
          : html`<kefu-talk .bench=${bench}></kefu-talk>
              ${bench.talk === null ? nothing : html`<kefu-panel .bench=${bench}></kefu-panel>`}`}
      </div>
      <kefu-offers .bench=${bench}></kefu-offers>
      <kefu-dialogs .bench=${bench}></kefu-dialogs>
      ${bench.dialog === "palette" ? html`<kefu-palette .bench=${bench}></kefu-palette>` : nothing}
      <div class="toasts" role="status">
        ${bench.toasts.map(({ text, level }) => html`<div class="toast ${level}" data-test="toast">${text}</div>`)}
      </div>
    `;
  }

  /** Only trouble gets a banner; good news stand small in the rail. */
  private banner(): TemplateResult | typeof nothing {
    const { words, bench } = this;
    const { link, inbox } = bench.client;
    const { state } = link;
    if (state.name === "online" || state.name === "idle") return nothing;
    if (state.name === "connecting" && inbox.you === null && state.attempt === 0) return nothing;
    const stopped = state.name === "stopped";
    const seconds = state.name === "waiting" ? Math.max(0, Math.ceil((state.until - Date.now()) / 1000)) : 0;
    const text = stopped
      ? state.code === 4503
        ? words.line_replaced
        : fill(words.line_stopped, { code: state.code })
      : seconds > 0
        ? fill(words.line_reconnecting, { n: seconds })
        : words.line_reconnecting_now;
    const again = (): void => (stopped ? link.restart() : link.hurry());
    return html`<div class="banner" role="status" data-test="banner">
      ${icon("alert")}<span>${text}</span>
      ${link.noRoom ? nothing : html`<button class="small" @click=${again}>${stopped ? words.resume_here : words.retry_now}</button>`}
    </div>`;
  }

  /** What is off under load, for everybody who would else wonder where it went. */
  private loaded(): TemplateResult | typeof nothing {
    const { words, bench } = this;
    const { inbox, link } = bench.client;
    const { mode } = inbox;
    if (mode === null || link.state.name !== "online") return nothing;
    const { tier, cause, until } = mode;
    const sentence = cause === "rehearsal" ? words.mode_rehearsal : cause === "operator" ? words.mode_operator : words.mode_load;
    const left = until === undefined || cause !== "operator" ? 0 : until - bench.client.now();
    // The rest of the time is seen but not read out each second.
    const rest = left <= 0 ? nothing : html`<small aria-hidden="true">${fill(words.mode_until, { time: duration(left, words) })}</small>`;
    const more = bench.chief && bench.tab !== "load" ? html`<button class="small" data-test="mode-more" @click=${() => bench.show("load")}>${words.mode_more}</button>` : nothing;
    return html`<div class="banner" data-tier=${tier} role="status" data-test="mode-strip">
      ${icon("gauge")}<span>${fill(sentence, { tier, off: bench.offWords(mode.off) })}</span>${rest}${more}
    </div>`;
  }

  /** What chiefs must know of the configuration stays in sight as long as it is so. */
  private configured(): TemplateResult | typeof nothing {
    const { words, bench } = this;
    const banner = bench.client.inbox.desk?.banner;
    if (banner === undefined) return nothing;
    const left = banner.until === undefined ? null : Math.max(0, banner.until - bench.client.now());
    const rest = left === null ? nothing : html`<small>${fill(words.config_until, { time: duration(left, words) })}</small>`;
    return html`<div class="banner" data-code=${banner.code} role="status" data-test="config-banner">
      ${icon("alert")}<span>${banner[bench.lang]}</span>${rest}
    </div>`;
  }

  private readonly back = (): void => {
    if (document.hidden) return;
    this.bench.client.link.hurry();
    this.bench.readSelected();
    this.bench.changed();
  };

  private readonly key = (event: KeyboardEvent): void => {
    const { bench } = this;
    // `code` names the key itself: with Option on a Mac, `key` is a letter nobody asked for.
    const { code } = event;
    if ((event.ctrlKey || event.metaKey) && code === "KeyK") bench.open(bench.dialog === "palette" ? null : "palette");
    else if (event.altKey && code === "KeyJ") bench.step(1);
    else if (event.altKey && code === "KeyK") bench.step(-1);
    else if (event.altKey && code === "KeyE" && bench.talk !== null && bench.writable(bench.talk)) bench.open("close");
    else if (event.altKey && code === "KeyP" && bench.selected !== null) {
      if (!bench.notes.delete(bench.selected)) bench.notes.add(bench.selected);
      bench.changed();
    } else if (code === "Escape" && bench.dialog !== null) bench.open(null);
    else return;
    event.preventDefault();
  };
}

customElements.define("kefu-desk", Desk);
