// Ctrl+K: jump to a conversation or do something, by typing a part of its name.

import { html, nothing, type TemplateResult } from "lit";
import { query, state } from "lit/decorators.js";
import type { IconName } from "../look/icons";
import { BenchElement, icon, styled } from "./element";
import css from "./dialogs.css";

interface Entry {
  key: string;
  name: string;
  detail: string;
  picture: IconName;
  act(): void;
}

const MOST = 12;

export class Palette extends BenchElement {
  static override styles = styled(css);
  @state() private search = "";
  @state() private choice = 0;
  @query("dialog") private readonly dialog!: HTMLDialogElement;

  protected override render(): TemplateResult {
    const { words } = this;
    const found = this.found;
    return html`<dialog class="palette" data-test="palette" @close=${() => this.bench.open(null)} @click=${this.outside} @keydown=${this.key}>
      <label class="search">${icon("search")}<input placeholder=${words.palette} aria-label=${words.palette} data-test="palette-input" autofocus @input=${this.typed} /></label>
      <ul role="listbox">
        ${found.map(
          (entry, index) => html`<li role="option" aria-selected=${index === this.choice} data-test="palette-item" @click=${() => this.run(entry)} @mousemove=${() => (this.choice = index)}>
            ${icon(entry.picture)}<span class="grow">${entry.name}</span><small>${entry.detail}</small>
          </li>`,
        )}
        ${found.length === 0 ? html`<li class="none">${words.palette_none}</li>` : nothing}
      </ul>
    </dialog>`;
  }

  protected override firstUpdated(): void {
    this.dialog.showModal();
  }

  private get found(): Entry[] {
    const asked = this.search.trim().toLowerCase();
    const all = [...this.conversations, ...this.actions];
    return all.filter(({ name, detail }) => `${name} ${detail}`.toLowerCase().includes(asked)).slice(0, MOST);
  }

  private get conversations(): Entry[] {
    const { bench } = this;
    return bench.mine.map(({ card }) => ({
      key: card.id,
      name: bench.visitorName(card),
      detail: (card.last?.text ?? "").slice(0, 40),
      picture: "chat" as const,
      act: () => {
        bench.tab = "mine";
        bench.select(card.id);
      },
    }));
  }

  private get actions(): Entry[] {
    const { bench, words } = this;
    const status = (name: "ready" | "busy" | "away"): Entry => ({
      key: name,
      name: words[name],
      detail: words.status,
      picture: "human",
      act: () => bench.client.setPresence(name),
    });
    const entry = (key: string, name: string, detail: string, picture: IconName, act: () => void): Entry => ({ key, name, detail, picture, act });
    const here = bench.talk !== null && bench.writable(bench.talk);
    return [
      ...(here ? [entry("transfer", words.transfer, words.palette_action, "swap", () => setTimeout(() => bench.open("transfer")))] : []),
      ...(here ? [entry("close", words.close, "Alt+E", "check", () => setTimeout(() => bench.open("close")))] : []),
      status("ready"),
      status("busy"),
      status("away"),
      entry("queue", words.tab_queue, words.palette_action, "queue", () => bench.show("queue")),
      entry("history", words.tab_history, words.palette_action, "history", () => bench.show("history")),
      ...(bench.chief ? [entry("team", words.tab_team, words.palette_action, "team", () => bench.show("team"))] : []),
      ...(bench.chief ? [entry("load", words.tab_load, words.palette_action, "gauge", () => bench.show("load"))] : []),
      entry("replies", words.tab_replies, words.palette_action, "bolt", () => bench.show("replies")),
      entry("settings", words.settings, words.palette_action, "gear", () => setTimeout(() => bench.open("settings"))),
    ];
  }

  private readonly typed = (event: Event): void => {
    this.search = (event.target as HTMLInputElement).value;
    this.choice = 0;
  };

  private readonly key = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    const found = this.found;
    if (event.key === "ArrowDown") this.choice = (this.choice + 1) % Math.max(1, found.length);
    else if (event.key === "ArrowUp") this.choice = (this.choice + found.length - 1) % Math.max(1, found.length);
    else if (event.key === "Enter" && found[this.choice] !== undefined) this.run(found[this.choice]!);
    else return;
    event.preventDefault();
  };

  private run(entry: Entry): void {
    this.dialog.close();
    entry.act();
  }

  private readonly outside = (event: Event): void => {
    if (event.target === this.dialog) this.dialog.close();
  };
}

customElements.define("kefu-palette", Palette);
