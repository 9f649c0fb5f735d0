// Where the agent writes: answers, notes, and quick replies behind a slash.

import { html, nothing, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import { wallClock } from "../link/clock";
import type { Conversation } from "../link/conversation";
import type { QuickReply } from "../link/frames";
import { TypingSender } from "../link/typing";
import css from "./composer.css";
import { BenchElement, icon, styled } from "./element";

const TALLEST = 200;
const MOST = 8;

export class Composer extends BenchElement {
  static override styles = styled(css);
  @property({ attribute: false }) talk!: Conversation;
  @state() private text = "";
  @state() private choice = 0;
  @query("textarea") private readonly area!: HTMLTextAreaElement | null;
  private shown = "";
  private sender: TypingSender | null = null;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.sender?.stop();
  }

  protected override willUpdate(): void {
    if (this.talk.id === this.shown) return;
    this.sender?.stop();
    this.shown = this.talk.id;
    this.text = this.bench.drafts.get(this.shown) ?? "";
    const { id } = this.talk;
    this.sender = new TypingSender(wallClock, (on) => this.bench.client.typing(id, on, ""));
  }

  protected override render(): TemplateResult {
    const { bench, talk, words } = this;
    const note = bench.notes.has(talk.id);
    const closed = !bench.writable(talk) && !(note && talk.open);
    if (closed) return html`<div class="closed">${talk.card.closed_at === null ? words.readonly : words.input_closed}</div>`;
    const mode = (on: boolean, text: string, test: string): TemplateResult =>
      html`<button type="button" role="tab" aria-selected=${note === on} data-test=${test} @click=${() => this.setNote(on)}>${text}</button>`;
    return html`<form class=${note ? "note" : ""} @submit=${this.submit}>
      ${this.popup()}
      <div class="modes" role="tablist">${mode(false, words.reply_mode, "mode-reply")}${mode(true, words.note_mode, "mode-note")}<kbd>Alt+P</kbd></div>
      <div class="field">
        <textarea
          rows="1"
          dir="auto"
          data-test="composer"
          aria-label=${note ? words.input_note : words.input}
          placeholder=${note ? words.input_note : words.input}
          .value=${this.text}
          @input=${this.wrote}
          @keydown=${this.key}
        ></textarea>
        <button class="send" data-test="send" aria-label=${note ? words.add_note : words.send} ?disabled=${this.text.trim() === ""}>${icon("send")}</button>
      </div>
    </form>`;
  }

  protected override updated(): void {
    const { area } = this;
    if (area === null) return;
    area.style.height = "auto";
    area.style.height = `${Math.min(area.scrollHeight, TALLEST)}px`;
  }

  private popup(): TemplateResult | typeof nothing {
    const found = this.replies;
    if (found.length === 0) return nothing;
    return html`<ul class="popup" role="listbox" data-test="quick-replies">
      ${found.map(
        (reply, index) => html`<li
          role="option"
          aria-selected=${index === this.choice}
          data-test="quick-reply"
          data-shortcut=${reply.shortcut}
          @mousedown=${(event: Event) => (event.preventDefault(), this.insert(reply))}
        >
          <b>/${reply.shortcut}</b><span>${reply.text}</span>
        </li>`,
      )}
    </ul>`;
  }

  /** The replies that a "/word" at the start of the text may mean. */
  private get replies(): QuickReply[] {
    const asked = /^\/(\S*)$/.exec(this.text)?.[1]?.toLowerCase();
    if (asked === undefined) return [];
    const hits = this.bench.client.inbox.replies.filter(({ shortcut, text }) => {
      return shortcut.toLowerCase().includes(asked) || (asked !== "" && text.toLowerCase().includes(asked));
    });
    return hits.sort((a, b) => rank(a, asked) - rank(b, asked)).slice(0, MOST);
  }

  private insert(reply: QuickReply): void {
    this.choice = 0;
    this.write(reply.text);
    this.area?.focus();
  }

  private write(text: string): void {
    this.text = text;
    if (text === "") this.bench.drafts.delete(this.talk.id);
    else this.bench.drafts.set(this.talk.id, text);
  }

  private readonly wrote = (event: Event): void => {
    this.choice = 0;
    this.write((event.target as HTMLTextAreaElement).value);
    if (!this.bench.notes.has(this.talk.id) && !this.text.startsWith("/")) this.sender?.wrote(this.text);
  };

  private readonly key = (event: KeyboardEvent): void => {
    // An Enter that ends a composition belongs to the input method.
    if (event.isComposing || event.keyCode === 229) return;
    const found = this.replies;
    if (found.length > 0 && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      this.choice = (this.choice + (event.key === "ArrowDown" ? 1 : found.length - 1)) % found.length;
    } else if (found.length > 0 && (event.key === "Enter" || event.key === "Tab")) {
      event.preventDefault();
      this.insert(found[this.choice] ?? found[0]!);
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.send();
    }
  };

  private readonly submit = (event: Event): void => {
    event.preventDefault();
    this.send();
  };

  private send(): void {
    const text = this.text.trim();
    if (text === "") return;
    const { bench, talk } = this;
    this.sender?.stop();
    this.write("");
    bench.client.say(talk.id, text, bench.notes.has(talk.id) ? { note: true } : {});
    bench.changed();
  }

  private setNote(on: boolean): void {
    if (on) this.bench.notes.add(this.talk.id);
    else this.bench.notes.delete(this.talk.id);
    this.bench.changed();
    this.area?.focus();
  }
}

/** Exact shortcut first, then its beginning, then anything. */
function rank({ shortcut }: QuickReply, asked: string): number {
  const word = shortcut.toLowerCase();
  return word === asked ? 0 : word.startsWith(asked) ? 1 : 2;
}

customElements.define("kefu-composer", Composer);
