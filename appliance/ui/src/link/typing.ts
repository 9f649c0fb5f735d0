// Tells the other side that somebody is writing: at most once a second, with the last state always sent, and "stopped"
// after five quiet seconds.

import type { Clock } from "./clock";

const EVERY = 1_000;
const QUIET = 5_000;
const PREVIEW = 500;

export class TypingSender {
  private sentAt = Number.NEGATIVE_INFINITY;
  private on = false;
  private text = "";
  private cancelNext: (() => void) | null = null;
  private cancelQuiet = (): void => undefined;

  constructor(
    private readonly clock: Clock,
    private readonly send: (on: boolean, text: string) => void,
  ) {}

  /** The text in the composer is now `text`; "" means that it was sent or deleted. */
  wrote(text: string): void {
    this.text = text.slice(0, PREVIEW);
    this.cancelQuiet();
    if (text === "") return this.stop();
    this.on = true;
    this.cancelQuiet = this.clock.after(QUIET, () => {
      this.on = false;
      this.emit();
    });
    if (this.cancelNext !== null) return;
    const rest = this.sentAt + EVERY - this.clock.now();
    if (rest <= 0) this.emit();
    else {
      this.cancelNext = this.clock.after(rest, () => {
        this.cancelNext = null;
        if (this.on) this.emit();
      });
    }
  }

  stop(): void {
    this.cancelQuiet();
    this.cancelNext?.();
    this.cancelNext = null;
    this.text = "";
    if (!this.on) return;
    this.on = false;
    this.emit();
  }

  private emit(): void {
    this.sentAt = this.clock.now();
    this.send(this.on, this.text);
  }
}
