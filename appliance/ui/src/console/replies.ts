// Quick replies: the sentences behind the slash.

import { html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { ApiError } from "./api";
import { BenchElement, icon, styled } from "./element";
import css from "./pages.css";

export class Replies extends BenchElement {
  static override styles = styled(css);
  @state() private adding = false;
  @state() private wrong = "";

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
  }

  protected override render(): TemplateResult {
    const { bench, words } = this;
    const { replies } = bench.client.inbox;
    return html`<div class="inner">
      <header>
        <button class="icon-button back" aria-label=${words.back} @click=${() => bench.show("mine")}>${icon("back")}</button>
        <div><h1>${words.replies_title}</h1><p>${words.replies_hint}</p></div>
        <button class="primary" data-test="reply-add" @click=${() => (this.adding = true)}>${icon("plus")}${words.add}</button>
      </header>
      ${this.adding ? this.form() : nothing}
      <ul class="rows">
        ${replies.map(
          (reply) => html`<li data-test="reply-row" data-id=${reply.id}>
            <code>/${reply.shortcut}</code>
            <p class="grow">${reply.text}</p>
            <em class="plain">${reply.owner ? words.reply_own : words.reply_shared}</em>
            ${reply.owner || bench.chief
              ? html`<button class="icon-button" aria-label="${words.remove} ${reply.shortcut}" data-test="reply-remove" @click=${() => this.change(bench.api.dropReply(reply.id))}>${icon("bin", 16)}</button>`
              : nothing}
          </li>`,
        )}
        ${replies.length === 0 ? html`<li class="none">${words.replies_none}</li>` : nothing}
      </ul>
    </div>`;
  }

  private form(): TemplateResult {
    const { words, bench } = this;
    return html`<form class="card" data-test="reply-form" @submit=${this.submit}>
      <div class="fields">
        <label><span>${words.reply_shortcut}</span><input name="shortcut" required maxlength="32" pattern="\\S+" data-test="reply-shortcut" /></label>
        ${bench.chief ? html`<label class="check low"><input type="checkbox" name="shared" checked /><span>${words.reply_shared}</span></label>` : nothing}
      </div>
      <label><span>${words.reply_text}</span><textarea name="text" rows="3" required maxlength="4000" data-test="reply-text"></textarea></label>
      <div class="wrong" role="alert" ?hidden=${this.wrong === ""}>${this.wrong}</div>
      <div class="buttons">
        <button type="button" class="ghost" @click=${() => (this.adding = false)}>${words.cancel}</button>
        <button class="primary" data-test="reply-save">${words.save}</button>
      </div>
    </form>`;
  }

  private readonly submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const given = new FormData(event.target as HTMLFormElement);
    const reply = { shortcut: String(given.get("shortcut")).trim().replace(/^\//, ""), text: String(given.get("text")).trim(), shared: given.has("shared") };
    if (await this.change(this.bench.api.addReply(reply))) this.adding = false;
  };

  private async change(work: Promise<void>): Promise<boolean> {
    this.wrong = "";
    try {
      await work;
      await this.load();
      return true;
    } catch (error) {
      this.wrong = error instanceof ApiError && error.message ? error.message : this.words.unreachable;
      if (!this.adding) this.bench.toast(this.wrong, "error");
      return false;
    }
  }

  private async load(): Promise<void> {
    try {
      this.bench.client.inbox.replies = await this.bench.api.replies();
      this.bench.changed();
    } catch {
      this.wrong = this.words.failed_load;
    }
  }
}

customElements.define("kefu-replies", Replies);
