// The table of stored captures, and the comparison of two.

import { html, nothing, type TemplateResult } from "lit";
import { fill } from "../words/index";
import { fileOf, type Capture, type Difference, type Lang } from "./data";
import { bytes, percent, points } from "./numbers";
import type { PanelWords } from "./words";

export interface Shelf {
  words: PanelWords;
  lang: Lang;
  rows: readonly Capture[];
  chosen: readonly string[];
  choose: (id: string) => void;
  compare: () => void;
  flame: (capture: Capture) => void;
  remove: (id: string) => void;
}

export function captures(shelf: Shelf): TemplateResult {
  const { words, rows, chosen } = shelf;
  if (rows.length === 0) return html`<p class="none" data-test="none">${words.none}</p>`;
  const kinds = new Set(rows.filter((row) => chosen.includes(row.id)).map((row) => row.kind));
  const ready = chosen.length === 2 && kinds.size === 1;
  const hint = chosen.length === 2 && !ready ? words.not_alike : words.choose;
  return html`
    <div class="card table">
      <table>
        <thead>
          <tr>
            <th><span class="unseen">${words.compare}</span></th>
            <th>${words.when}</th>
            <th>${words.kind}</th>
            <th class="number">${words.length}</th>
            <th class="number">${words.size}</th>
            <th>${words.cause}</th>
            <th></th>
          </tr>
        </thead>
        <tbody>
          ${rows.map((row) => one(row, shelf))}
        </tbody>
      </table>
    </div>
    <div class="buttons">
      <button type="button" data-test="compare" ?disabled=${!ready} @click=${shelf.compare}>${words.compare}</button>
      <span class="said">${ready ? nothing : hint}</span>
    </div>
  `;
}

function one(row: Capture, shelf: Shelf): TemplateResult {
  const { words } = shelf;
  const kind = words[`kind_${row.kind}` as keyof PanelWords] ?? row.kind;
  const when = new Date(row.at).toLocaleString(shelf.lang === "zh" ? "zh-CN" : "en-GB", { dateStyle: "short", timeStyle: "medium" });
  return html`
    <tr data-test="capture" data-name=${row.id}>
      <td>
        <input
          type="checkbox"
          aria-label="${words.compare} ${when} ${kind}"
          .checked=${shelf.chosen.includes(row.id)}
          @change=${() => shelf.choose(row.id)}
        />
      </td>
      <td class="when">${when}</td>
      <td><span class="kind">${kind}</span></td>
      <td class="number">${row.seconds === 0 ? "–" : `${row.seconds.toFixed(1)} s`}</td>
      <td class="number">${bytes(row.bytes)}</td>
      <td class="cause">${causeOf(row, words)}</td>
      <td class="acts">
        <button class="plain" type="button" data-test="flame-of" @click=${() => shelf.flame(row)}>${words.flame}</button>
        <a href=${fileOf(row.id)} download="${row.id}.pb.gz">${words.download}</a>
        <button class="plain" type="button" data-test="remove" @click=${() => shelf.remove(row.id)}>${words.remove}</button>
      </td>
    </tr>
  `;
}

function causeOf(row: Capture, words: PanelWords): string {
  if (row.cause !== "overload") return words.operator;
  return fill(words.overload, { tier: row.tier ?? "?", load: row.load?.toFixed(2) ?? "?", component: row.component });
}

export function comparison(before: string, after: string, diff: Difference, words: PanelWords): TemplateResult {
  return html`
    <section class="card table diff" data-test="diff">
      <h3>${fill(words.diff, { before, after })}</h3>
      <p class="hint">${words.diff_hint} ${diff.left_out > 0 ? fill(words.more, { n: diff.left_out }) : nothing}</p>
      <table>
        <thead>
          <tr>
            <th>${words.fn}</th>
            <th class="number">${words.before}</th>
            <th class="number">${words.after}</th>
            <th class="number">${words.change}</th>
          </tr>
        </thead>
        <tbody>
          ${diff.rows.map((row) => {
            const change = row.own[1] - row.own[0];
            const look = change > 0.0005 ? "up" : change < -0.0005 ? "down" : "";
            return html`<tr>
              <td class="function">${row.name}</td>
              <td class="number">${percent(row.own[0])}</td>
              <td class="number">${percent(row.own[1])}</td>
              <td class="number ${look}">${points(change)}</td>
            </tr>`;
          })}
        </tbody>
      </table>
    </section>
  `;
}
