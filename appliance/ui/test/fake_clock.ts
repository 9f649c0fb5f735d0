// Simulated time and repeatable chance: a day of reconnects in a few milliseconds.

import type { Clock } from "../src/link/clock";

export class FakeClock implements Clock {
  private time: number;
  private order = 0;
  private seed: number;
  private readonly timers = new Map<number, { due: number; act: () => void }>();

  constructor(seed = 1, start = 1_700_000_000_000) {
    this.seed = seed;
    this.time = start;
  }

  now(): number {
    return this.time;
  }

  /** A linear congruential generator: the same seed gives the same run. */
  random(): number {
    this.seed = (Math.imul(this.seed, 1664525) + 1013904223) >>> 0;
    return this.seed / 2 ** 32;
  }

  after(ms: number, act: () => void): () => void {
    const id = ++this.order;
    this.timers.set(id, { due: this.time + Math.max(0, ms), act });
    return () => this.timers.delete(id);
  }

  /** Let `ms` pass, firing timers in order of time, then of making. */
  async pass(ms: number): Promise<void> {
    const until = this.time + ms;
    for (;;) {
      await settle();
      const due = [...this.timers].filter(([, timer]) => timer.due <= until).sort(([a, x], [b, y]) => x.due - y.due || a - b)[0];
      if (due === undefined) break;
      const [id, timer] = due;
      this.timers.delete(id);
      this.time = Math.max(this.time, timer.due);
      timer.act();
    }
    this.time = until;
    await settle();
  }
}

/** Let promises that are ready go on. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 4; i++) await Promise.resolve();
}
