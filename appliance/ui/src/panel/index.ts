// The profiling panel: live charts, captures and their comparison, flame graphs.  Everything comes from the admin routes.

import { html, nothing, render, type TemplateResult } from "lit";
import { fill, pickLang } from "../words/index";
import { chart } from "./chart";
import * as data from "./data";
import { captures, comparison } from "./captures";
import { charts } from "./live";
import { SECONDS } from "./scale";
import { WORDS } from "./words";

const LANG = "kefu:panel-lang";
const EVERY = 1000;

const BUTTONS = [
  { id: "cpu-10", words: "cpu_10", kind: "cpu", seconds: 10 },
  { id: "cpu-30", words: "cpu_30", kind: "cpu", seconds: 30 },
  { id: "heap", words: "heap_5", kind: "heap", seconds: 5 },
  { id: "tasks", words: "tasks_now", kind: "tasks", seconds: 0 },
  { id: "block", words: "block_10", kind: "block", seconds: 10 },
] as const;

class Panel {
  private lang: data.Lang = pickLang([stored(), ...navigator.languages]);
  private points: data.Point[] = [];
  private captures: readonly data.Capture[] = [];
  private chosen: readonly string[] = [];
  private lost = false;
  private until = 0;
  private said = "";
  private failed: { zh: string; en: string } | undefined;
  private found: { before: string; after: string; diff: data.Difference } | undefined;
  private flame: data.Capture | undefined;

  constructor(private readonly place: HTMLElement) {}

  async poll(): Promise<void> {
    // What is hidden asks for nothing; the appliance keeps the points.
    if (!document.hidden) {
      try {
        const told = await data.runtime(this.points.at(-1)?.at ?? 0);
        this.points = [...this.points, ...told.points].slice(-SECONDS);
        this.captures = told.captures;
        this.chosen = this.chosen.filter((id) => told.captures.some((capture) => capture.id === id));
        this.lost = false;
      } catch {
        this.lost = true;
      }
      this.draw();
    }
    setTimeout(() => void this.poll(), EVERY);
  }

  private async take(kind: string, seconds: number): Promise<void> {
    this.until = Date.now() + seconds * 1000;
    this.said = "";
    this.draw();
    await this.attempt(async () => {
      const capture = await data.take(kind, seconds);
      this.captures = [capture, ...this.captures.filter((each) => each.id !== capture.id)];
      this.said = capture.id;
    });
    this.until = 0;
    this.draw();
  }

  private async attempt(work: () => Promise<void>): Promise<void> {
    this.failed = undefined;
    try {
      await work();
    } catch (error) {
      this.failed = error instanceof data.Refusal ? error.told : { zh: WORDS.zh.lost, en: WORDS.en.lost };
    }
    this.draw();
  }

  private readonly choose = (id: string): void => {
    // The two that were ticked last are compared.
    this.chosen = this.chosen.includes(id) ? this.chosen.filter((each) => each !== id) : [...this.chosen, id].slice(-2);
    this.draw();
  };

  private readonly remove = (id: string): void => {
    void this.attempt(async () => {
      this.captures = await data.remove(id);
      if (this.flame?.id === id) this.flame = undefined;
    });
  };

  private readonly compare = (): void => {
    const [before, after] = [...this.chosen].sort((one, other) => this.takenAt(one) - this.takenAt(other));
    if (before === undefined || after === undefined) return;
    void this.attempt(async () => {
      this.found = { before, after, diff: await data.difference(before, after) };
    }).then(() => document.querySelector(".diff")?.scrollIntoView({ block: "nearest" }));
  };

  private readonly burn = (capture: data.Capture | undefined): void => {
    this.flame = capture;
    this.draw();
    document.querySelector(".flame")?.scrollIntoView({ block: "nearest" });
  };

  private takenAt(id: string): number {
    return this.captures.find((capture) => capture.id === id)?.at ?? 0;
  }

  private readonly swap = (): void => {
    this.lang = this.lang === "zh" ? "en" : "zh";
    try {
      localStorage.setItem(LANG, this.lang);
    } catch {
      // The page then forgets the choice, nothing more.
    }
    this.draw();
  };

  draw(): void {
    document.documentElement.lang = this.lang === "zh" ? "zh-CN" : "en";
    document.title = WORDS[this.lang].title;
    render(this.page(), this.place);
  }

  private page(): TemplateResult {
    const words = WORDS[this.lang];
    const tier = this.points.at(-1)?.tier ?? 0;
    return html`
      <header>
        <h1>${words.title}</h1>
        <span class="tier t${tier}" data-test="tier">${tier === 0 ? words.tier0 : fill(words.tier, { n: tier })}</span>
        <button class="plain" type="button" data-test="lang" lang=${this.lang === "zh" ? "en" : "zh-CN"} @click=${this.swap}>${words.other}</button>
      </header>
      <main>
        <p class="wrong" role="status" ?hidden=${!this.lost}>${words.lost}</p>
        <h2>${words.charts}</h2>
        <div class="charts">${charts(this.points, words).map(chart)}</div>
        ${this.taking()}
        <h2>${words.captures}</h2>
        <p class="hint">${words.captures_hint}</p>
        ${captures({
          words,
          lang: this.lang,
          rows: this.captures,
          chosen: this.chosen,
          choose: this.choose,
          compare: this.compare,
          flame: this.burn,
          remove: this.remove,
        })}
        ${this.found === undefined ? nothing : comparison(this.found.before, this.found.after, this.found.diff, words)}
        ${this.viewer()}
        ${this.shell()}
      </main>
    `;
  }

  private taking(): TemplateResult {
    const words = WORDS[this.lang];
    const left = Math.max(0, Math.ceil((this.until - Date.now()) / 1000));
    const busy = this.until > 0;
    const said = busy ? fill(words.taking, { n: left }) : this.said === "" ? "" : fill(words.taken, { name: this.said });
    return html`
      <h2>${words.take}</h2>
      <p class="hint">${words.take_hint}</p>
      <div class="buttons">
        ${BUTTONS.map(
          (button) => html`<button
            type="button"
            data-test="take"
            data-name=${button.id}
            ?disabled=${busy}
            @click=${() => void this.take(button.kind, button.seconds)}
          >
            ${words[button.words]}
          </button>`,
        )}
        <span class="said" role="status" data-test="said">${said}</span>
      </div>
      <p class="wrong" role="alert" data-test="wrong" ?hidden=${this.failed === undefined}>${this.failed?.[this.lang] ?? ""}</p>
    `;
  }

  private viewer(): TemplateResult | typeof nothing {
    if (this.flame === undefined) return nothing;
    const words = WORDS[this.lang];
    const address = data.flameOf(this.flame);
    return html`
      <section class="card flame" data-test="flame">
        <div class="bar">
          <h3>${words.flame} · ${this.flame.id}</h3>
          <a href=${address} target="_blank" rel="noopener">${words.new_tab}</a>
          <button class="plain" type="button" @click=${() => this.burn(undefined)}>${words.close}</button>
        </div>
        <iframe src=${address} title=${words.flame}></iframe>
      </section>
    `;
  }

  private shell(): TemplateResult {
    const words = WORDS[this.lang];
    return html`
      <h2>${words.shell}</h2>
      <pre><code>kefu profile --seconds 10
go tool pprof -http 127.0.0.1:0 "http://kefu:TOKEN@${location.host}/debug/pprof/profile?seconds=10"</code></pre>
      <p class="hint">${words.shell_hint} <a href="/debug/pprof/">/debug/pprof/ (${words.all})</a></p>
    `;
  }
}

function stored(): string | null {
  try {
    return localStorage.getItem(LANG);
  } catch {
    return null;
  }
}

const panel = new Panel(document.getElementById("panel")!);
panel.draw();
void panel.poll();
