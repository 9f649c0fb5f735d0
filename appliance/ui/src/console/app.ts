// <kefu-console>: decides whether to show the door or the desk, and holds the language.

import { html, LitElement, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import type { Lang } from "../link/frames";
import { browserKeep } from "../link/keep";
import { pickLang } from "../words/index";
import { staffWords } from "../words/staff";
import { Api } from "./api";
import { Bench } from "./bench";
import { base } from "./element";
import "./desk";
import "./sign-in";

const LANG = "kefu:desk-lang";

export class Console extends LitElement {
  static override styles = base;
  @state() private phase: "asking" | "door" | "desk" = "asking";
  @state() private invite: string | null = null;
  private readonly keep = browserKeep(() => localStorage);
  private language: Lang = pickLang([this.keep.get(LANG), ...navigator.languages]);
  private readonly api = new Api(() => this.language);
  private bench: Bench | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.speak(this.language);
    addEventListener("hashchange", () => this.arrive());
    this.arrive();
  }

  protected override render(): TemplateResult {
    const words = staffWords[this.language];
    if (this.phase === "asking") return html`${nothing}`;
    if (this.phase === "desk" && this.bench !== null) {
      return html`<kefu-desk .bench=${this.bench} @lang=${this.swap} @sign-out=${this.signOut}></kefu-desk>`;
    }
    return html`<kefu-sign-in .api=${this.api} .words=${words} .invite=${this.invite} @lang=${this.swap} @signed-in=${this.signedIn}></kefu-sign-in>`;
  }

  private arrive(): void {
    this.invite = new URLSearchParams(location.hash.slice(1)).get("invite");
    if (this.invite !== null) {
      this.leave();
      return;
    }
    this.api.me().then(
      () => this.enter(),
      () => this.leave(),
    );
  }

  private readonly signedIn = (): void => {
    // The one-time secret must not stay in the address bar or the history.
    history.replaceState(null, "", location.pathname);
    this.invite = null;
    this.enter();
  };

  private readonly signOut = async (): Promise<void> => {
    this.bench?.client.link.stop();
    await this.api.logout().catch(() => undefined);
    this.bench?.client.forgetPerson();
    this.leave();
  };

  private enter(): void {
    this.bench ??= new Bench(
      this.api,
      () => this.language,
      () => this.leave(),
    );
    this.bench.client.link.start();
    this.phase = "desk";
  }

  private leave(): void {
    this.bench?.client.link.stop();
    this.bench = null;
    this.phase = "door";
  }

  private readonly swap = (): void => {
    this.language = this.language === "zh" ? "en" : "zh";
    this.keep.set(LANG, this.language);
    this.speak(this.language);
    this.bench?.changed();
    this.requestUpdate();
  };

  private speak(lang: Lang): void {
    document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
    document.title = staffWords[lang].title;
  }
}

customElements.define("kefu-console", Console);
