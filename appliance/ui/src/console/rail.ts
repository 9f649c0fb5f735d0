// The left column: own status, the tabs, and the list that belongs to the tab.

import { html, nothing, type TemplateResult } from "lit";
import type { Conversation } from "../link/conversation";
import type { Presence, Waiting } from "../link/frames";
import type { IconName } from "../look/icons";
import { brief, duration } from "../words/dates";
import { fill } from "../words/index";
import { waiting, type Tab } from "./bench";
import { BenchElement, deskAge, hueOf, icon, initialOf, letterOf, styled } from "./element";
import css from "./rail.css";
import "./windowed";

const LONG = 120_000;

export class Rail extends BenchElement {
  static override styles = styled(css);

  protected override render(): TemplateResult {
    return html`${this.status()}${this.tabs()}
      <div class="list" role="tabpanel">${this.list()}</div>
      ${this.foot()}`;
  }

  private status(): TemplateResult {
    const { bench, words } = this;
    const { presence, you } = bench.client.inbox;
    const choice = (status: Presence): TemplateResult => html`<button
      role="radio"
      aria-checked=${presence === status}
      class=${status}
      data-test="status-${status}"
      title=${words[`status_hint_${status}`]}
      @click=${() => bench.client.setPresence(status)}
    >
      <i class="dot ${status}"></i>${words[status]}
    </button>`;
    return html`<header>
      <div class="avatar me">${initialOf(you?.name ?? "")}</div>
      <div class="me-name">
        <strong>${you?.name ?? ""}</strong>
        <small>${you === null ? "" : words[`role_${you.role === "visitor" ? "agent" : you.role}`]}</small>
      </div>
      <button class="icon-button" aria-label=${words.palette} title="Ctrl+K" @click=${() => bench.open("palette")}>${icon("search")}</button>
      <button class="icon-button" aria-label=${words.settings} data-test="settings" @click=${() => bench.open("settings")}>${icon("gear")}</button>
      <div class="switch" role="radiogroup" aria-label=${words.status}>${choice("ready")}${choice("busy")}${choice("away")}</div>
    </header>`;
  }

  private tabs(): TemplateResult {
    const { bench, words } = this;
    const { inbox } = bench.client;
    const unread = bench.mine.reduce((sum, talk) => sum + talk.unread, 0);
    const tab = (name: Tab, picture: IconName, count: number, loud: boolean): TemplateResult => html`<button
      role="tab"
      aria-selected=${bench.tab === name}
      data-test="tab-${name}"
      @click=${() => bench.show(name)}
    >
      ${icon(picture, 20)}<span>${words[`tab_${name}`]}</span>${count > 0 ? html`<b class=${loud ? "loud" : ""}>${count > 99 ? "99+" : count}</b>` : nothing}
    </button>`;
    return html`<nav role="tablist">
      ${tab("mine", "chat", unread, true)} ${tab("queue", "queue", inbox.desk?.waiting.length ?? 0, false)} ${tab("history", "history", 0, false)}
      ${bench.chief ? tab("team", "team", 0, false) : nothing} ${tab("replies", "bolt", 0, false)}
      ${bench.chief ? tab("load", "gauge", bench.client.inbox.mode?.tier ?? 0, true) : nothing}
    </nav>`;
  }

  private list(): TemplateResult {
    const { bench, words } = this;
    if (bench.tab === "history") return html`<kefu-history .bench=${bench}></kefu-history>`;
    if (bench.tab === "queue") {
      const waiting = bench.client.inbox.desk?.waiting ?? [];
      if (waiting.length === 0) return empty("queue", words.queue_empty, words.queue_empty_hint);
      return html`${deskAge(bench)}<kefu-windowed .items=${waiting} .keyOf=${(one: Waiting) => one.conversation} .draw=${this.waitingItem} .guess=${72}></kefu-windowed>`;
    }
    if (bench.client.inbox.you === null) return html`${[1, 2, 3, 4].map(() => html`<div class="item bones"><i></i><div><i></i><i></i></div></div>`)}`;
    const mine = bench.mine;
    if (mine.length === 0) return empty("chat", words.mine_empty, words.mine_empty_hint);
    return html`<kefu-windowed .items=${mine} .keyOf=${(talk: Conversation) => talk.id} .draw=${this.item} .guess=${72}></kefu-windowed>`;
  }

  private readonly item = (talk: Conversation): TemplateResult => {
    const { bench, words } = this;
    const { card } = talk;
    const name = bench.visitorName(card);
    const since = waiting(talk);
    const wait = since === null ? 0 : bench.client.now() - since;
    const typing = talk.typists(Date.now()).some((one) => one.who === "visitor" && one.on);
    return html`<button
      class="item"
      data-test="conversation-item"
      data-id=${card.id}
      data-unread=${talk.unread}
      aria-current=${bench.selected === card.id}
      @click=${() => bench.select(card.id)}
    >
      <div class="avatar ${hueOf(card.visitor?.id ?? card.id)}">${letterOf(card.visitor, card.id)}</div>
      <div class="what">
        <div class="row">
          <span class="name">${name}</span>
          ${vip(card.visitor?.level) ? html`<em class="vip">${words.vip}</em>` : nothing}
          <time>${brief(card.last?.at ?? card.opened_at, bench.client.now(), bench.lang)}</time>
        </div>
        <div class="row">
          <span class="last ${typing ? "typing" : ""}">${typing ? fill(words.typing, { name: "" }).trim() : this.lastWords(talk)}</span>
          ${wait >= 10_000 ? html`<span class="wait ${wait > LONG ? "long" : ""}" title=${fill(words.waiting_for, { time: duration(wait, words) })}>${duration(wait, words)}</span>` : nothing}
          ${talk.unread > 0 ? html`<b class="badge" aria-label=${fill(words.unread, { n: talk.unread })}>${talk.unread > 99 ? "99+" : talk.unread}</b>` : nothing}
        </div>
      </div>
    </button>`;
  };

  private lastWords({ card }: Conversation): string {
    if (card.last === null) return "";
    return card.last.kind === "recalled" ? this.words.recalled : card.last.text;
  }

  private readonly waitingItem = (one: Waiting): TemplateResult => {
    const { bench, words } = this;
    const card = typeof one.visitor === "string" ? { id: "", name: one.visitor } : one.visitor;
    const name = card.name || words.anonymous.replace("{id}", (card.id || one.conversation).slice(-4).toUpperCase());
    const time = duration(bench.client.now() - one.since, words);
    return html`<div class="item still" data-test="queue-item" data-id=${one.conversation}>
      <div class="avatar ${hueOf(card.id || one.conversation)}">${letterOf(card, one.conversation)}</div>
      <div class="what">
        <div class="row">
          <span class="name">${name}</span>
          ${one.vip ? html`<em class="vip">${words.vip}</em>` : nothing}
          <time class="since">${time}</time>
        </div>
        <div class="row">
          <span class="last">${one.queue} · ${fill(words.position, { n: one.position })}</span>
          ${bench.chief && one.asking ? html`<button class="small" data-test="take" @click=${() => bench.act({ act: "take" }, one.conversation)}>${words.take}</button>` : nothing}
        </div>
      </div>
    </div>`;
  };

  private foot(): TemplateResult {
    const { bench, words } = this;
    const { link } = bench.client;
    const age = Math.max(0, Math.round((Date.now() - link.heardAt) / 1000));
    const online = link.state.name === "online";
    const text = online ? words.line_online : link.state.name === "stopped" ? fill(words.line_stopped, { code: link.state.code }) : words.line_connecting;
    return html`<footer data-test="connection" data-state=${online ? "online" : link.state.name}>
      <i class="dot ${online ? "ready" : "busy"}"></i><span>${text}</span>
      ${link.heardAt > 0 ? html`<small>${fill(words.line_age, { n: age })}</small>` : nothing}
    </footer>`;
  }
}

export function vip(level: number | undefined): boolean {
  return (level ?? 0) >= 3;
}

function empty(picture: IconName, title: string, hint: string): TemplateResult {
  return html`<div class="empty">${icon(picture, 28)}<strong>${title}</strong><p>${hint}</p></div>`;
}

customElements.define("kefu-rail", Rail);
