// A list of which only the visible part exists.  Heights are guessed until seen, then remembered by key.  It keeps to the
// end when it stood there, and otherwise keeps the first visible item where it is, whatever changes above.
// It renders into its parent's tree, so that the parent's styles apply to the items.

import { html, LitElement, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

const OVERSCAN = 400;
const NEAR = 60;
const ANCHORS = 6;

export class WindowedList extends LitElement {
  @property({ attribute: false }) items: readonly unknown[] = [];
  @property({ attribute: false }) keyOf: (item: never) => string = String;
  @property({ attribute: false }) draw: (item: never, index: number) => TemplateResult = () => html``;
  /** Guessed height of an item in px. */
  @property({ type: Number }) guess = 64;
  /** Start at the end and stay there. */
  @property({ type: Boolean }) stick = false;
  /** Another list begins: forget the position. */
  @property({ attribute: false }) subject = "";

  private readonly heights = new Map<string, number>();
  private tops: number[] = [0];
  private from = 0;
  private to = 0;
  /** The first visible items and how far each is scrolled past; several, because marks of days and holes come and go. */
  private anchors: { key: string; offset: number }[] = [];
  private ending = true;
  private shownSubject = "";
  private observer = new ResizeObserver(() => this.requestUpdate());

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener("scroll", this.scrolled, { passive: true });
    this.observer.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener("scroll", this.scrolled);
    this.observer.disconnect();
  }

  toEnd(): void {
    this.ending = true;
    this.requestUpdate();
  }

  get atEnd(): boolean {
    return this.ending;
  }

  protected override willUpdate(): void {
    if (this.subject !== this.shownSubject) {
      this.shownSubject = this.subject;
      this.heights.clear();
      this.anchors = [];
      this.ending = true;
      if (!this.stick) this.scrollTop = 0;
    }
    this.lay();
    const height = this.clientHeight || 600;
    const total = this.tops.at(-1)!;
    const top = this.stick && this.ending ? Math.max(0, total - height) : this.scrollTop;
    this.from = Math.max(0, this.at(top - OVERSCAN));
    this.to = Math.min(this.items.length, this.at(top + height + OVERSCAN) + 1);
  }

  protected override render(): TemplateResult {
    const slice = this.items.slice(this.from, this.to);
    return html`<div class="window-room" role="presentation">
      <div class="window-slice" role="presentation">
        ${repeat(slice, (item) => this.keyOf(item as never), (item, index) => this.draw(item as never, this.from + index))}
      </div>
    </div>`;
  }

  protected override updated(): void {
    const slice = this.querySelector<HTMLElement>(".window-slice")!;
    let moved = false;
    Array.from(slice.children).forEach((child, index) => {
      const item = this.items[this.from + index];
      if (item === undefined) return;
      const key = this.keyOf(item as never);
      const height = (child as HTMLElement).getBoundingClientRect().height;
      if (Math.abs((this.heights.get(key) ?? -1) - height) < 0.5) return;
      this.heights.set(key, height);
      moved = true;
    });
    if (moved) this.lay();
    const room = this.querySelector<HTMLElement>(".window-room")!;
    room.style.height = `${this.tops.at(-1)}px`;
    slice.style.transform = `translateY(${this.tops[this.from] ?? 0}px)`;
    this.hold();
    if (moved) this.requestUpdate();
  }

  /** Put the scroll position where the reader expects it. */
  private hold(): void {
    if (this.stick && this.ending) this.scrollTop = this.tops.at(-1)!;
    else if (this.stick) {
      for (const { key, offset } of this.anchors) {
        const index = this.items.findIndex((item) => this.keyOf(item as never) === key);
        if (index < 0) continue;
        const wanted = this.tops[index]! + offset;
        if (Math.abs(this.scrollTop - wanted) > 1) this.scrollTop = wanted;
        return;
      }
    }
  }

  private readonly scrolled = (): void => {
    const { scrollTop, scrollHeight, clientHeight } = this;
    this.ending = scrollHeight - scrollTop - clientHeight < NEAR;
    const index = this.at(scrollTop);
    this.anchors = this.items.slice(index, index + ANCHORS).map((item, n) => {
      return { key: this.keyOf(item as never), offset: scrollTop - this.tops[index + n]! };
    });
    if (scrollTop < OVERSCAN && this.stick) this.dispatchEvent(new CustomEvent("reached-top"));
    this.requestUpdate();
  };

  private lay(): void {
    const tops = new Array<number>(this.items.length + 1);
    tops[0] = 0;
    this.items.forEach((item, index) => {
      tops[index + 1] = tops[index]! + (this.heights.get(this.keyOf(item as never)) ?? this.guess);
    });
    this.tops = tops;
  }

  /** The index of the item at `y` px. */
  private at(y: number): number {
    let low = 0;
    let high = this.items.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.tops[middle]! <= y) low = middle;
      else high = middle - 1;
    }
    return Math.max(0, low);
  }
}

customElements.define("kefu-windowed", WindowedList);
