// The team: who there is, what each may take, and the one-time link that brings a new person in.

import { html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import type { Role } from "../link/frames";
import { fill } from "../words/index";
import { ApiError, type AgentAccount } from "./api";
import { BenchElement, deskAge, hueOf, icon, initialOf, styled } from "./element";
import css from "./pages.css";

const ROLES: Role[] = ["agent", "supervisor", "owner"];

export class Team extends BenchElement {
  static override styles = styled(css);
  @state() private agents: AgentAccount[] | null = null;
  @state() private queues: string[] = [];
  /** The account in the form; "new" for one to come. */
  @state() private editing: AgentAccount | "new" | null = null;
  @state() private invited: { name: string; link: string } | null = null;
  @state() private wrong = "";

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
  }

  protected override render(): TemplateResult {
    const { bench, words } = this;
    return html`<div class="inner">
      <header>
        <button class="icon-button back" aria-label=${words.back} @click=${() => bench.show("mine")}>${icon("back")}</button>
        <div><h1>${words.team_title}</h1><p>${words.team_hint}</p></div>
        ${bench.owner ? html`<button class="primary" data-test="team-add" @click=${() => this.edit("new")}>${icon("plus")}${words.team_add}</button>` : nothing}
      </header>
      ${this.invited === null ? nothing : this.link(this.invited)} ${this.editing === null ? nothing : this.form(this.editing)}
      ${deskAge(bench)}
      <ul class="rows">
        ${(this.agents ?? []).map((agent) => this.row(agent))}
        ${this.agents === null ? html`<li class="none">${this.wrong || words.loading}</li>` : nothing}
      </ul>
    </div>`;
  }

  private row(agent: AgentAccount): TemplateResult {
    const { bench, words } = this;
    const seen = bench.client.inbox.desk?.agents.find((one) => one.id === agent.id);
    const shown = seen?.shown ?? "offline";
    // Whoever is here has joined, even if this list was loaded before he did.
    const pending = agent.joined === false && shown === "offline";
    return html`<li data-test="team-row" data-id=${agent.id} class=${agent.disabled ? "disabled" : ""}>
      <span class="avatar ${hueOf(agent.id)}">${initialOf(agent.name)}</span>
      <div class="grow">
        <strong>${agent.name}</strong> <small>${agent.login}</small>
        <div class="chips"><em class="plain">${words[`role_${agent.role}`]}</em>${agent.skills.map((skill) => html`<em class="plain">${skill}</em>`)}${agent.disabled ? html`<em class="bad">${words.team_disabled}</em>` : nothing}${pending ? html`<em class="vip">${words.team_pending}</em>` : nothing}</div>
      </div>
      <small class="num">${fill(words.team_load, { held: seen?.held ?? 0, capacity: agent.capacity })}</small>
      <small class="state"><i class="dot ${shown}"></i>${shown === "reconnecting" ? words.reconnecting_agent : words[shown]}</small>
      ${bench.owner ? html`<button class="small" data-test="team-edit" @click=${() => this.edit(agent)}>${words.edit}</button>` : nothing}
    </li>`;
  }

  private form(agent: AgentAccount | "new"): TemplateResult {
    const { words } = this;
    const fresh = agent === "new";
    const now = fresh ? { name: "", login: "", role: "agent" as Role, skills: [] as string[], capacity: 8, disabled: false } : agent;
    return html`<form class="card" data-test="team-form" @submit=${this.submit}>
      <div class="fields">
        <label><span>${words.team_name}</span><input name="name" required maxlength="60" .value=${now.name} data-test="team-name" /></label>
        <label><span>${words.team_login}</span><input name="login" required maxlength="60" autocapitalize="none" ?disabled=${!fresh} .value=${now.login} data-test="team-login" /></label>
        <label><span>${words.team_role}</span>
          <select name="role" data-test="team-role">${ROLES.map((role) => html`<option value=${role} ?selected=${role === now.role}>${words[`role_${role}`]}</option>`)}</select></label>
        <label><span>${words.team_capacity}</span><input name="capacity" type="number" min="1" max="500" required .value=${String(now.capacity)} data-test="team-capacity" /></label>
      </div>
      <fieldset>
        <legend>${words.team_skills} <small>${words.team_skills_hint}</small></legend>
        ${this.queues.map((queue) => html`<label class="check"><input type="checkbox" name="skills" value=${queue} ?checked=${now.skills.includes(queue)} /><span>${queue}</span></label>`)}
      </fieldset>
      ${fresh ? nothing : html`<label class="check"><input type="checkbox" name="disabled" ?checked=${now.disabled === true} /><span>${words.team_disabled}</span></label>`}
      <div class="wrong" role="alert" ?hidden=${this.wrong === ""}>${this.wrong}</div>
      <div class="buttons">
        ${fresh ? nothing : html`<button type="button" class="ghost" data-test="team-reset" @click=${() => this.reset(agent)}>${words.team_reset}</button>`}
        <button type="button" class="ghost" @click=${() => this.edit(null)}>${words.cancel}</button>
        <button class="primary" data-test="team-save">${fresh ? words.add : words.save}</button>
      </div>
    </form>`;
  }

  private link({ name, link }: { name: string; link: string }): TemplateResult {
    const { words, bench } = this;
    const copy = async (): Promise<void> => {
      await navigator.clipboard.writeText(link).catch(() => undefined);
      bench.toast(words.copied);
    };
    return html`<div class="card invited" data-test="team-invite">
      <p>${fill(words.team_invited, { name })}</p>
      <div class="copy"><input readonly .value=${link} data-test="team-link" @focus=${(event: Event) => (event.target as HTMLInputElement).select()} /><button class="primary" @click=${copy}>${icon("link")}${words.copy}</button></div>
    </div>`;
  }

  private edit(agent: AgentAccount | "new" | null): void {
    this.wrong = "";
    if (agent !== null) this.invited = null;
    this.editing = agent;
  }

  /** A new one-time link; the old password ends. */
  private async reset(agent: AgentAccount): Promise<void> {
    try {
      const link = await this.bench.api.change(agent.id, { reset: true });
      this.edit(null);
      this.invited = { name: agent.name, link };
      await this.load();
    } catch (error) {
      this.wrong = error instanceof ApiError && error.message ? error.message : this.words.unreachable;
    }
  }

  private readonly submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const given = new FormData(event.target as HTMLFormElement);
    const text = (name: string): string => String(given.get(name) ?? "").trim();
    const account = {
      name: text("name"),
      role: text("role") as Role,
      skills: given.getAll("skills").map(String),
      capacity: Number(text("capacity")),
    };
    try {
      if (this.editing === "new") {
        this.invited = { name: account.name, link: await this.bench.api.invite({ ...account, login: text("login") }) };
      } else if (this.editing !== null) {
        await this.bench.api.change(this.editing.id, { ...account, disabled: given.has("disabled") });
      }
      this.edit(null);
      await this.load();
    } catch (error) {
      this.wrong = error instanceof ApiError && error.message ? error.message : this.words.unreachable;
    }
  };

  private async load(): Promise<void> {
    try {
      [this.agents, this.queues] = await Promise.all([this.bench.api.agents(), this.bench.api.queues()]);
    } catch {
      this.wrong = this.words.failed_load;
    }
  }
}

customElements.define("kefu-team", Team);
