// Small dialogs over the desk: transfer, close, settings; and the cards that offer a conversation.

import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { query, state } from "lit/decorators.js";
import type { DeskAgent } from "../link/frames";
import { fill } from "../words/index";
import css from "./dialogs.css";
import { BenchElement, deskAge, hueOf, icon, initialOf, styled } from "./element";

interface Target {
  kind: "agent" | "queue";
  id: string;
  name: string;
  agent?: DeskAgent;
  free: number;
}

const READINESS = ["ready", "busy", "away", "reconnecting", "offline"];

export class Dialogs extends BenchElement {
  static override styles = styled(css);
  @query("dialog") private readonly dialog!: HTMLDialogElement | null;
  @state() private target: Target | null = null;
  @state() private search = "";

  protected override render(): TemplateResult {
    const { bench } = this;
    const kind = bench.dialog;
    if (kind === null || kind === "palette") return html``;
    const body = kind === "transfer" ? this.transfer() : kind === "close" ? this.close() : this.settings();
    return html`<dialog data-test="dialog-${kind}" @close=${this.closed} @click=${this.outside}>${body}</dialog>`;
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    if (this.dialog !== null && !this.dialog.open) {
      this.target = null;
      this.search = "";
      this.dialog.showModal();
    }
  }

  private transfer(): TemplateResult {
    const { words } = this;
    const targets = this.targets.filter(({ name }) => name.toLowerCase().includes(this.search.toLowerCase()));
    const group = (kind: Target["kind"], title: string): TemplateResult | typeof nothing => {
      const list = targets.filter((one) => one.kind === kind);
      return list.length === 0 ? nothing : html`<h3>${title}</h3>${list.map((one) => this.choice(one))}`;
    };
    return html`<form method="dialog" @submit=${this.submitTransfer}>
      <h2>${words.transfer_title}</h2>
      <input type="search" placeholder=${words.transfer_search} aria-label=${words.transfer_search} .value=${this.search} @input=${(event: Event) => (this.search = (event.target as HTMLInputElement).value)} />
      ${deskAge(this.bench)}
      <div class="targets" role="radiogroup">
        ${group("agent", words.transfer_agent)} ${group("queue", words.transfer_queue)}
        ${targets.length === 0 ? html`<p class="none">${words.transfer_none}</p>` : nothing}
      </div>
      <textarea name="note" rows="2" maxlength="1000" placeholder=${words.transfer_note} aria-label=${words.transfer_note} data-test="transfer-note"></textarea>
      <div class="buttons">
        <button type="button" class="ghost" @click=${() => this.dialog?.close()}>${words.cancel}</button>
        <button class="primary" data-test="transfer-submit" ?disabled=${this.target === null}>${words.transfer}</button>
      </div>
    </form>`;
  }

  private choice(one: Target): TemplateResult {
    const { words } = this;
    const { agent } = one;
    return html`<button
      type="button"
      class="target"
      role="radio"
      aria-checked=${this.target?.kind === one.kind && this.target.id === one.id}
      data-test="transfer-target"
      data-kind=${one.kind}
      data-id=${one.id}
      @click=${() => (this.target = one)}
    >
      ${agent === undefined ? html`<span class="avatar square">${icon("queue", 16)}</span>` : html`<span class="avatar ${hueOf(agent.id)}">${initialOf(agent.name)}</span>`}
      <span class="grow">${one.name}</span>
      ${agent === undefined
        ? nothing
        : html`<small>${fill(words.team_load, { held: agent.held, capacity: agent.capacity })}</small>
            <small class="state"><i class="dot ${agent.shown}"></i>${agent.shown === "reconnecting" ? words.reconnecting_agent : words[agent.shown]}</small>`}
    </button>`;
  }

  private get targets(): Target[] {
    const { desk, you } = this.bench.client.inbox;
    const agents = (desk?.agents ?? []).filter((agent) => agent.id !== you?.id);
    const people = agents.map((agent): Target => ({ kind: "agent", id: agent.id, name: agent.name, agent, free: agent.capacity - agent.held }));
    people.sort((a, b) => READINESS.indexOf(a.agent!.shown) - READINESS.indexOf(b.agent!.shown) || b.free - a.free);
    return [...people, ...(desk?.queues ?? []).map(({ name }): Target => ({ kind: "queue", id: name, name, free: 0 }))];
  }

  private readonly submitTransfer = (event: Event): void => {
    const { target, bench } = this;
    if (target === null) return event.preventDefault();
    const note = String(new FormData(event.target as HTMLFormElement).get("note") ?? "").trim();
    const to = target.kind === "agent" ? { to_agent: target.id } : { to_queue: target.id };
    bench.act({ act: "transfer", ...to, ...(note === "" ? {} : { note }) });
  };

  private close(): TemplateResult {
    const { words, bench } = this;
    return html`<form method="dialog" class="narrow" @submit=${() => bench.act({ act: "close" })}>
      <h2>${words.close}</h2>
      <p>${words.close_sure}</p>
      <div class="buttons">
        <button type="button" class="ghost" data-test="close-cancel" @click=${() => this.dialog?.close()}>${words.cancel}</button>
        <button class="primary" data-test="close-confirm" autofocus>${words.close}</button>
      </div>
    </form>`;
  }

  private settings(): TemplateResult {
    const { words, bench } = this;
    const { attention } = bench;
    const toggle = (name: string, test: string, on: boolean, set: (on: boolean) => unknown): TemplateResult => html`<label class="toggle">
      <span>${name}</span>
      <input
        type="checkbox"
        role="switch"
        data-test=${test}
        .checked=${on}
        @change=${async (event: Event) => {
          await set((event.target as HTMLInputElement).checked);
          this.requestUpdate();
        }}
      />
    </label>`;
    const tell = (name: string): void => void this.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true }));
    return html`<form method="dialog" class="narrow">
      <h2>${words.settings}</h2>
      ${toggle(words.sound, "sound", attention.sound, (on) => (attention.sound = on))}
      ${toggle(words.notifications, "notifications", attention.notifications, (on) => attention.setNotifications(on))}
      <button type="button" class="row-button" data-test="lang" @click=${() => tell("lang")}>${icon("globe")}<span class="grow">中文 / English</span></button>
      <button type="button" class="row-button" data-test="sign-out" @click=${() => tell("sign-out")}>${icon("end")}<span class="grow">${words.sign_out}</span></button>
      <p class="none">${words.dark_follows}</p>
    </form>`;
  }

  private readonly closed = (): void => this.bench.open(null);

  /** A click on the backdrop lands on the dialog itself. */
  private readonly outside = (event: Event): void => {
    if (event.target === this.dialog) this.dialog?.close();
  };
}

export class Offers extends BenchElement {
  static override styles = styled(css);

  protected override render(): TemplateResult {
    const { bench, words } = this;
    const now = bench.client.now();
    const offers = [...bench.client.inbox.offers.values()].filter((offer) => offer.until > now);
    return html`<div class="offers" aria-live="assertive">
      ${offers.map((offer) => {
        const { conversation, visit } = offer;
        const decide = (act: "accept" | "decline"): void => {
          bench.act({ act, visit }, conversation);
          bench.client.inbox.offers.delete(conversation);
          bench.changed();
        };
        return html`<div class="offer" data-test="offer" data-id=${conversation}>
          <strong>${fill(words.offer, { name: offer.visitor || words.visitor })}</strong>
          <small>${offer.queue} · ${fill(words.offer_left, { n: Math.ceil((offer.until - now) / 1000) })}</small>
          <div class="buttons">
            <button class="ghost" data-test="decline" @click=${() => decide("decline")}>${words.decline}</button>
            <button class="primary" data-test="accept" @click=${() => decide("accept")}>${words.accept}</button>
          </div>
        </div>`;
      })}
    </div>`;
  }
}

customElements.define("kefu-dialogs", Dialogs);
customElements.define("kefu-offers", Offers);
