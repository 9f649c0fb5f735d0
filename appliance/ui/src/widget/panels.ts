// The two things a visitor may be asked for: a rating, and a form for a message left out of hours.  Both stand above the
// composer and never take it away: one more question is always possible.

import { icon } from "../look/icons";
import type { VisitorWords } from "../words/index";
import { h, set, show } from "./dom";

export class RatingPanel {
  readonly root: HTMLElement;
  private score = 0;
  private readonly stars: HTMLButtonElement[];
  private readonly label: HTMLElement;
  private readonly more: HTMLElement;
  private readonly comment: HTMLTextAreaElement;

  constructor(
    private readonly words: VisitorWords,
    private readonly given: { rate(score: number, comment: string): void; later(): void; resized(change: () => void): void },
  ) {
    this.stars = [1, 2, 3, 4, 5].map((score) =>
      h(
        "button",
        {
          type: "button",
          class: "star",
          "data-test": "rating-star",
          "data-score": score,
          "aria-label": words.star.replace("{n}", String(score)),
          "aria-pressed": "false",
          onclick: () => this.pick(score),
        },
        icon("star", 28),
      ),
    );
    this.label = h("div", { class: "score", "aria-live": "polite" });
    this.comment = h("textarea", { rows: 2, maxlength: 1000, placeholder: words.rating_comment, "aria-label": words.rating_comment, "data-test": "rating-comment" });
    const submit = h("button", { type: "submit", class: "primary", "data-test": "rating-submit" }, words.submit);
    this.more = h("div", { class: "more", hidden: true }, this.comment, submit);
    const later = h("button", { type: "button", class: "quiet", onclick: given.later, "data-test": "rating-later" }, words.later);
    const send = (event: Event): void => {
      event.preventDefault();
      if (this.score > 0) given.rate(this.score, this.comment.value.trim());
    };
    this.root = h(
      "form",
      { class: "panel rating", "data-test": "rating", hidden: true, onsubmit: send },
      h("div", { class: "panel-head" }, h("strong", {}, words.rating_ask), later),
      h("div", { class: "stars", role: "group", "aria-label": words.rating_ask }, ...this.stars),
      this.label,
      this.more,
    );
  }

  reset(): void {
    this.score = 0;
    this.comment.value = "";
    this.mark();
  }

  private pick(score: number): void {
    this.score = score;
    this.given.resized(() => this.mark());
  }

  private mark(): void {
    this.stars.forEach((star, index) => {
      star.classList.toggle("on", index < this.score);
      set(star, "aria-pressed", String(index + 1 === this.score));
    });
    const names = [this.words.rating_1, this.words.rating_2, this.words.rating_3, this.words.rating_4, this.words.rating_5];
    this.label.textContent = names[this.score - 1] ?? "";
    show(this.more, this.score > 0);
  }
}

export class FormPanel {
  readonly root: HTMLFormElement;
  private readonly fields: Record<"name" | "phone" | "text", HTMLInputElement | HTMLTextAreaElement>;

  constructor(words: VisitorWords, given: { submit(fields: Record<string, string>): void; later(): void }) {
    const wrong = h("div", { class: "wrong", role: "alert", hidden: true }, words.form_need);
    this.fields = {
      name: h("input", { autocomplete: "name", maxlength: 100, placeholder: words.form_name, "aria-label": words.form_name }),
      phone: h("input", { autocomplete: "tel", maxlength: 100, placeholder: words.form_phone, "aria-label": words.form_phone }),
      text: h("textarea", { rows: 3, maxlength: 2000, placeholder: words.form_text, "aria-label": words.form_text }),
    };
    const { name, phone, text } = this.fields;
    for (const [key, field] of Object.entries(this.fields)) set(field, "data-test", `form-${key}`);
    const send = (event: Event): void => {
      event.preventDefault();
      const missing = text.value.trim() === "";
      show(wrong, missing);
      if (missing) return text.focus();
      given.submit({ name: name.value.trim(), phone: phone.value.trim(), text: text.value.trim() });
    };
    const later = h("button", { type: "button", class: "close", "aria-label": words.close, onclick: given.later }, icon("cross", 16));
    this.root = h(
      "form",
      { class: "panel form", "data-test": "form", hidden: true, onsubmit: send },
      h("div", { class: "panel-head" }, h("strong", {}, words.form_title), later),
      h("div", { class: "pair" }, name, phone),
      text,
      wrong,
      h("button", { type: "submit", class: "primary", "data-test": "form-submit" }, words.form_submit),
    );
  }

  /** What the visitor has already asked belongs into the form. */
  prefill(question: string): void {
    if (this.fields.text.value === "") this.fields.text.value = question;
  }
}
