// Time, chance and timers as one argument, so that the link can be tested in simulated time without waiting.

export interface Clock {
  /** Milliseconds since 1970 UTC. */
  now(): number;
  /** 0 <= n < 1 */
  random(): number;
  /** Call `act` after `ms`; the returned function cancels it. */
  after(ms: number, act: () => void): () => void;
}

export const wallClock: Clock = {
  now: () => Date.now(),
  random: () => Math.random(),
  after: (ms, act) => {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
};

/** base * 2^n milliseconds, at most `cap`, +-50 % so that clients cut off together do not come back together. */
export function backoff(clock: Clock, base: number, attempt: number, cap = 30_000): number {
  const middle = Math.min(cap, base * 2 ** Math.min(attempt, 20));
  return Math.min(cap, Math.round(middle * (0.5 + clock.random())));
}
