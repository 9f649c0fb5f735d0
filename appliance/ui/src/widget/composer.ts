// Where the visitor writes.  Enter sends, Shift+Enter makes a line, and an Enter that belongs to an input method does not.

import { icon } from "../look/icons";
import type { VisitorWords } from "../words/index";
import { h, set } from "./dom";

const TALLEST = 128;

export class Composer {
  readonly root: HTMLElement;
  private readonly area: HTMLTextAreaElement;
  private readonly button: HTMLButtonElement;

  constructor(
    words: VisitorWords,
    private readonly given: { send(text: string): void; wrote(text: string): void },
  ) {
    this.area = h("textarea", {
      rows: 1,
      placeholder: words.input,
      "aria-label": words.input,
      "data-test": "composer",
      enterkeyhint: "send",
      dir: "auto",
      oninput: () => this.changed(),
      onkeydown: (event: KeyboardEvent) => this.key(event),
    });
    this.button = h(
      "button",
      { type: "submit", class: "send", "data-test": "send", "aria-label": words.send, disabled: true },
      icon("send", 18),
    );
    const submit = (event: Event): void => {
      event.preventDefault();
      this.submit();
    };
    this.root = h("form", { class: "composer", onsubmit: submit }, this.area, this.button);
  }

  get text(): string {
    return this.area.value;
  }

  set text(value: string) {
    this.area.value = value;
    this.changed();
  }

  hint(placeholder: string): void {
    if (this.area.placeholder !== placeholder) this.area.placeholder = placeholder;
  }

  focus(): void {
    this.area.focus({ preventScroll: true });
  }

  private changed(): void {
    const { area } = this;
    set(this.button, "disabled", area.value.trim() === "");
    area.style.height = "auto";
    area.style.height = `${Math.min(area.scrollHeight, TALLEST)}px`;
    this.given.wrote(area.value);
  }

  private key(event: KeyboardEvent): void {
    // Safari ends a composition before its Enter arrives; only the old key code 229 tells.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.submit();
  }

  private submit(): void {
    const text = this.area.value.trim();
    if (text === "") return;
    this.text = "";
    this.given.send(text);
    this.focus();
  }
}
