// Figures as people read them.

/** "12.3 ms", "1.20 s". */
export function millis(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(2)} s`;
  return `${ms >= 100 ? ms.toFixed(0) : ms.toFixed(1)} ms`;
}

/** "61.5 MiB". */
export function bytes(n: number): string {
  const units = ["B", "KiB", "MiB", "GiB"];
  let value = n;
  let place = 0;
  while (value >= 1024 && place < units.length - 1) {
    value /= 1024;
    place += 1;
  }
  return `${place === 0 ? value : value.toFixed(1)} ${units[place]}`;
}

/** "97.3%". */
export function percent(part: number): string {
  return `${(part * 100).toFixed(1)}%`;
}

/** "+12.0 pp": a difference of shares. */
export function points(part: number): string {
  return `${part >= 0 ? "+" : "−"}${Math.abs(part * 100).toFixed(1)}`;
}

/** "1,234". */
export function whole(n: number): string {
  return Math.round(n).toLocaleString("en");
}
