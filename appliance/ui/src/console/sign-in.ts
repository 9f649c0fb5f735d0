// The door: signing in, and setting the password that a one-time link asks for.

import { html, LitElement, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import type { DeskWords } from "../words/index";
import { ApiError, type Api } from "./api";
import { icon, styled } from "./element";
import css from "./sign-in.css";

const SHORTEST = 8;

export class SignIn extends LitElement {
  static override styles = styled(css);
  @property({ attribute: false }) api!: Api;
  @property({ attribute: false }) words!: DeskWords;
  /** The secret of a one-time link; null: plain sign-in. */
  @property() invite: string | null = null;
  @state() private busy = false;
  @state() private wrong = "";

  protected override render(): TemplateResult {
    const { words, invite } = this;
    return html`<main>
      <form data-test=${invite === null ? "login-form" : "invite-form"} @submit=${this.submit} novalidate>
        <div class="mark">${icon("chat", 22)}</div>
        <h1>${invite === null ? words.sign_in_to : words.invite_title}</h1>
        <p class="hint">${invite === null ? words.sign_in_hint : words.invite_hint}</p>
        ${invite === null ? this.signIn() : this.welcome()}
        <div class="wrong" role="alert" ?hidden=${this.wrong === ""}>${this.wrong}</div>
        <button class="primary wide" data-test="submit" ?disabled=${this.busy}>${invite === null ? words.sign_in : words.invite_go}</button>
      </form>
      <button class="ghost lang" type="button" data-test="lang" @click=${() => this.dispatchEvent(new CustomEvent("lang"))}>
        ${icon("globe", 16)}<span>中文 / English</span>
      </button>
    </main>`;
  }

  private signIn(): TemplateResult {
    const { words } = this;
    return html`<label><span>${words.login}</span><input name="login" autocomplete="username" autocapitalize="none" autofocus required data-test="login" /></label>
      <label><span>${words.password}</span><input name="password" type="password" autocomplete="current-password" required data-test="password" /></label>`;
  }

  private welcome(): TemplateResult {
    const { words } = this;
    return html`<label><span>${words.your_name}</span><input name="name" autocomplete="name" data-test="invite-name" /></label>
      <label><span>${words.password_new}</span><input name="password" type="password" autocomplete="new-password" required data-test="password" />
        <small>${words.password_short}</small></label>
      <label><span>${words.password_again}</span><input name="again" type="password" autocomplete="new-password" required data-test="password-again" /></label>
      ${nothing}`;
  }

  private submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const { words, invite, api } = this;
    const given = new FormData(event.target as HTMLFormElement);
    const field = (name: string): string => String(given.get(name) ?? "");
    if (invite !== null && field("password").length < SHORTEST) return void (this.wrong = words.password_short);
    if (invite !== null && field("password") !== field("again")) return void (this.wrong = words.password_differs);
    this.busy = true;
    this.wrong = "";
    try {
      if (invite === null) await api.login(field("login").trim(), field("password"));
      else await api.invitation(invite, field("password"), field("name").trim());
      this.dispatchEvent(new CustomEvent("signed-in"));
    } catch (error) {
      this.wrong = this.explain(error);
    }
    this.busy = false;
  };

  private explain(error: unknown): string {
    const { words } = this;
    if (!(error instanceof ApiError) || error.status === 0) return words.unreachable;
    if (error.message !== "") return error.message;
    return error.status === 429 ? words.too_often : words.wrong_login;
  }
}

customElements.define("kefu-sign-in", SignIn);
