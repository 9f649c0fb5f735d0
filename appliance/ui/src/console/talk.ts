// The conversation in the middle: who it is, what was said, and where the agent answers.

import { html, nothing, type TemplateResult } from "lit";
import { query } from "lit/decorators.js";
import type { Conversation } from "../link/conversation";
import { thread, type MessageRow, type Row } from "../link/thread";
import type { IconName } from "../look/icons";
import { pieces } from "../look/linkify";
import { day, timeOfDay } from "../words/dates";
import { fill } from "../words/index";
import "./composer";
import { describe } from "./describe";
import { BenchElement, hueOf, icon, letterOf, styled } from "./element";
import { vip } from "./rail";
import css from "./talk.css";
import { whyLine } from "./why";
import type { WindowedList } from "./windowed";

const RECALL_WITHIN = 120_000;

export class Talk extends BenchElement {
  static override styles = styled(css);
  @query("kefu-windowed") private readonly list!: WindowedList | null;

  protected override render(): TemplateResult {
    const { bench, words } = this;
    const { talk } = bench;
    if (talk === null) {
      return html`<div class="empty">${icon("chat", 32)}<strong>${words.pick}</strong><p>${words.pick_hint}</p></div>`;
    }
    const rows = this.rows(talk);
    return html`${this.head(talk)}
      <kefu-windowed
        role="log"
        aria-live="polite"
        stick
        .subject=${talk.id}
        .items=${rows}
        .keyOf=${(row: Row) => row.key}
        .draw=${this.row}
        .guess=${58}
        @reached-top=${() => bench.client.earlier(talk)}
      ></kefu-windowed>
      ${this.typing(talk)}
      <kefu-composer .bench=${bench} .talk=${talk}></kefu-composer>`;
  }

  protected override updated(): void {
    const { talk } = this.bench;
    // A hole in the middle is filled by itself; older history only when somebody scrolls there.
    const hole = talk?.timeline.hole();
    if (talk !== null && hole != null && (hole.after > 0 || talk.timeline.events.length < 30)) this.bench.client.earlier(talk);
    const newest = talk === null ? undefined : this.bench.client.pending(talk.id).at(-1);
    if (newest !== undefined && newest.cid !== this.followed) {
      this.followed = newest.cid;
      this.list?.toEnd();
    }
  }

  private followed = "";

  private rows(talk: Conversation): Row[] {
    const { bench, words } = this;
    const you = bench.client.inbox.you;
    return thread([talk], {
      me: { kind: "agent", id: you?.id ?? "", name: you?.name ?? "" },
      reader: you?.id ?? "",
      pending: bench.client.pending(talk.id),
      line: (event) => describe(event, words, this.nameOf) !== null,
    });
  }

  private readonly nameOf = (agent: string): string => {
    return this.bench.client.inbox.desk?.agents.find((one) => one.id === agent)?.name ?? agent;
  };

  private head(talk: Conversation): TemplateResult {
    const { bench, words } = this;
    const { card } = talk;
    const name = bench.visitorName(card);
    const tool = (test: string, picture: IconName, text: string, act: () => void, hint = ""): TemplateResult =>
      html`<button class="tool" data-test=${test} title=${hint ? `${text} (${hint})` : text} aria-label=${text} @click=${act}>${icon(picture)}<span>${text}</span></button>`;
    const mayWrite = bench.writable(talk);
    const elsewhere = bench.chief && !mayWrite && card.closed_at === null;
    return html`<header>
      <button class="icon-button back" aria-label=${words.back} data-test="back" @click=${() => bench.goto("list")}>${icon("back")}</button>
      <div class="avatar ${hueOf(card.visitor?.id ?? card.id)}">${letterOf(card.visitor, card.id)}</div>
      <div class="who">
        <div class="row">
          <strong>${name}</strong>
          ${vip(card.visitor?.level) ? html`<em class="vip">${words.vip}</em>` : nothing}
          ${card.closed_at === null ? nothing : html`<em class="plain">${words.ended}</em>`}
        </div>
        <small data-test="why-line">${whyLine(card.why, words) || card.queue || card.visitor?.title || ""}</small>
      </div>
      ${mayWrite ? tool("transfer", "swap", words.transfer, () => bench.open("transfer")) : nothing}
      ${mayWrite ? tool("close", "check", words.close, () => bench.open("close"), "Alt+E") : nothing}
      ${elsewhere ? tool("watch", "eye", words.watch, () => bench.client.watch(card.id, true)) : nothing}
      ${elsewhere && talk.open ? tool("join", "human", words.join, () => bench.act({ act: "join" })) : nothing}
      <button class="icon-button info" aria-label=${words.panel} data-test="panel-open" @click=${() => bench.goto("panel")}>${icon("panel")}</button>
    </header>`;
  }

  private typing(talk: Conversation): TemplateResult | typeof nothing {
    const { words, bench } = this;
    const writing = talk.typists(Date.now()).find((one) => one.who === "visitor");
    if (writing === undefined) return nothing;
    return html`<div class="typing" data-test="typing">
      ${writing.on ? html`<span class="dots"><i></i><i></i><i></i></span>` : nothing}
      ${writing.text ? html`<span>${words.typing_preview}<q>${writing.text}</q></span>` : html`<span>${fill(words.typing, { name: bench.visitorName(talk.card) })}</span>`}
    </div>`;
  }

  private readonly row = (row: Row): TemplateResult => {
    const { bench, words } = this;
    switch (row.type) {
      case "day":
        return html`<div class="day"><span>${day(row.at, bench.client.now(), bench.lang, words)}</span></div>`;
      case "hole":
        return html`<div class="line">${words.earlier}</div>`;
      case "divider":
        return html`<div class="line">${words.ended}</div>`;
      case "line":
        return html`<div class="line" data-test="line" data-kind=${row.event.kind}>
          ${describe(row.event, words, this.nameOf)}<time>${timeOfDay(row.at, bench.lang)}</time>
        </div>`;
      case "message":
        return this.message(row);
    }
  };

  private message(row: MessageRow): TemplateResult {
    const { bench, words } = this;
    const { talk } = bench;
    const visitor = row.author.kind === "visitor";
    const name = row.mine ? words.you : visitor ? (talk ? bench.visitorName(talk.card) : "") : row.author.name || (row.author.kind === "ai" ? words.robot : words.system);
    const side = row.note ? "note" : visitor ? "visitor" : row.author.kind === "system" ? "staff auto" : "staff";
    const said = pieces(row.text).map(({ text, href }) =>
      href === null ? text : html`<a href=${href} target="_blank" rel="noopener noreferrer nofollow">${text}</a>`,
    );
    return html`<div
      class="message ${side} ${row.first ? "first" : ""} ${row.last ? "last" : ""} is-${row.state}"
      data-test="message"
      data-seq=${row.seq ?? ""}
      data-cid=${row.cid}
      data-author=${row.author.kind}
      data-state=${row.recalled ? "recalled" : row.state}
      ?data-note=${row.note}
    >
      <div class="body">
        ${row.first ? html`<div class="by">${row.note ? icon("note", 14) : nothing}${name}${row.note ? html`<small>${words.note_hint}</small>` : nothing}</div>` : nothing}
        <div class="bubble" dir="auto">${row.recalled ? html`<span class="gone">${words.recalled}</span>` : said}</div>
        ${row.state === "failed" ? this.failed(row) : row.last || row.state === "sending" ? this.meta(row) : nothing}
      </div>
    </div>`;
  }

  private meta(row: MessageRow): TemplateResult {
    const { bench, words } = this;
    const recall = row.mine && row.seq !== null && !row.recalled && bench.client.now() - row.at < RECALL_WITHIN && bench.talk?.open;
    const state = row.state === "none" || row.state === "failed" ? null : row.state;
    const late = (state === "sent" || state === "delivered") && bench.client.inbox.off("read_receipts");
    const mark = state === "sending" ? "clock" : state === "sent" ? "check" : "checks";
    return html`<div class="meta">
      ${recall ? html`<button data-test="recall" @click=${() => bench.act({ act: "recall", seq: row.seq! })}>${words.recall}</button>` : nothing}
      <time>${timeOfDay(row.at, bench.lang)}</time>
      ${state === null ? nothing : html`<span class="state ${state}" title=${late ? words.read_late : nothing}>${icon(mark, 14)}${words[state]}</span>`}
    </div>`;
  }

  private failed(row: MessageRow): TemplateResult {
    const { bench, words } = this;
    return html`<div class="meta bad">
      ${icon("alert", 14)}<span>${row.reason?.[bench.lang] ?? words.failed}</span>
      <button data-test="retry" @click=${() => bench.client.retry(row.cid)}>${words.retry}</button>
      <button data-test="discard" @click=${() => bench.client.outbox.discard(row.cid)}>${words.discard}</button>
    </div>`;
  }
}

customElements.define("kefu-talk", Talk);
