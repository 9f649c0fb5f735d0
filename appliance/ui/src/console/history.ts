// Past conversations, newest first, a page at a time.

import { html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { brief } from "../words/dates";
import type { Summary } from "./api";
import { BenchElement, hueOf, icon, letterOf, styled } from "./element";
import css from "./rail.css";
import "./windowed";

export class History extends BenchElement {
  static override styles = styled(css);
  @state() private cards: Summary[] | null = null;
  @state() private trouble = false;
  @state() private more = true;
  private busy = false;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
  }

  protected override render(): TemplateResult {
    const { words } = this;
    if (this.trouble) return html`<div class="empty">${icon("alert", 28)}<strong>${words.failed_load}</strong><button class="small" @click=${() => this.load()}>${words.retry_now}</button></div>`;
    if (this.cards === null) return html`<div class="empty"><p>${words.loading}</p></div>`;
    if (this.cards.length === 0) return html`<div class="empty">${icon("history", 28)}<strong>${words.history_empty}</strong></div>`;
    return html`<kefu-windowed .items=${this.cards} .keyOf=${(card: Summary) => card.conversation} .draw=${this.item} .guess=${72}></kefu-windowed>
      ${this.more ? html`<button class="more" @click=${() => this.load()}>${words.load_more}</button>` : nothing}`;
  }

  private readonly item = (card: Summary): TemplateResult => {
    const { bench, words } = this;
    const { visitor, conversation } = card;
    const name = bench.visitorName({ id: conversation, visitor });
    return html`<button
      class="item"
      data-test="history-item"
      data-id=${conversation}
      aria-current=${bench.selected === conversation}
      @click=${() => bench.peek(conversation)}
    >
      <div class="avatar ${hueOf(visitor.id)}">${letterOf(visitor, conversation)}</div>
      <div class="what">
        <div class="row"><span class="name">${name}</span><time>${brief(card.opened_at, bench.client.now(), bench.lang)}</time></div>
        <div class="row">
          <span class="last">${visitor.title || visitor.page || ""}</span>
          <span class="wait">${card.closed_at === null ? words.open_now : words.ended}</span>
        </div>
      </div>
    </button>`;
  };

  private async load(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.trouble = false;
    const known = this.cards ?? [];
    const before = known.at(-1)?.opened_at;
    try {
      const cards = await this.bench.api.conversations(before === undefined ? {} : { before });
      const ids = new Set(known.map((card) => card.conversation));
      const fresh = cards.filter((card) => !ids.has(card.conversation));
      this.more = fresh.length >= 20;
      this.cards = [...known, ...fresh].sort((a, b) => b.opened_at - a.opened_at);
    } catch {
      this.trouble = true;
    }
    this.busy = false;
  }
}

customElements.define("kefu-history", History);
