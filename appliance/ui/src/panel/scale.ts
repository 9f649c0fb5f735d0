// How values become a line: the scale of a chart and the path of a series.

export const SECONDS = 300;
export const WIDTH = 300;
export const HEIGHT = 80;

/** Return a round number that is not below any value. */
export function top(values: readonly number[], least: number, most?: number): number {
  const highest = Math.max(least, ...values);
  if (most !== undefined) return most;
  const unit = 10 ** Math.floor(Math.log10(highest));
  return ([1, 2, 5, 10].map((step) => step * unit).find((round) => round >= highest) ?? highest);
}

/** Return the path of a series: a value for each of the last seconds, the newest at the right, gaps where it is null. */
export function path(values: readonly (number | null)[], scale: number, steps = false): string {
  const begin = SECONDS - values.length;
  let drawn = "";
  let pen = false;
  values.forEach((value, place) => {
    if (value === null) {
      pen = false;
      return;
    }
    const x = (((begin + place) / (SECONDS - 1)) * WIDTH).toFixed(1);
    const y = (HEIGHT - Math.min(value / scale, 1) * (HEIGHT - 2) - 1).toFixed(1);
    drawn += pen ? (steps ? `H${x}V${y}` : `L${x} ${y}`) : `M${x} ${y}`;
    pen = true;
  });
  return drawn;
}
