// A line chart as SVG: a few series over the last five minutes, on one scale.

import { html, svg, type TemplateResult } from "lit";
import { HEIGHT, path, top, WIDTH } from "./scale";

export interface Series {
  name: string;
  /** A class of page.css, which knows the colour. */
  look: "a" | "b" | "c";
  /** Drawn as steps: for what is only ever whole. */
  steps?: boolean;
  values: readonly (number | null)[];
  shown: string;
}

export interface Chart {
  id: string;
  title: string;
  series: readonly Series[];
  /** The top of the scale at least, so that noise does not look like a mountain. */
  least: number;
  most?: number;
  label: (value: number) => string;
  empty: string;
}

export function chart(given: Chart): TemplateResult {
  const known = given.series.flatMap((series) => series.values.filter((value): value is number => value !== null));
  const scale = top(known, given.least, given.most);
  const said = given.series.map((series) => `${series.name} ${series.shown}`).join(", ");
  return html`
    <section class="card" data-test="chart" data-name=${given.id}>
      <h3>${given.title}</h3>
      <div class="legend">
        ${given.series.map((series) => html`<span class="key ${series.look}"><i></i>${series.name} <b>${series.shown}</b></span>`)}
      </div>
      <div class="plot">
        <span class="scale">${given.label(scale)}</span>
        <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${given.title}: ${said}">
          <path class="rule" d="M0 1H${WIDTH}M0 ${HEIGHT / 2}H${WIDTH}M0 ${HEIGHT - 1}H${WIDTH}" />
          ${given.series.map((series) => svg`<path class="line ${series.look}" d=${path(series.values, scale, series.steps)} />`)}
        </svg>
        ${known.length === 0 ? html`<span class="empty">${given.empty}</span>` : null}
      </div>
    </section>
  `;
}
