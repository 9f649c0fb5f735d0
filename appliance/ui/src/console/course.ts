// The course of the load over the last two minutes, as paths of a drawing 100 wide and 40 high.

const SPAN = 120_000;
const WIDTH = 100;
const HEIGHT = 40;
/** The top of the drawing: more than this is drawn as this. */
const MOST = 1.1;

export class Course {
  private points: { at: number; load: number }[] = [];

  /** `load` is a share of what can be borne, `at` in ms. */
  add(at: number, load: number): void {
    this.points = [...this.points.filter((one) => at - one.at <= SPAN), { at, load }];
  }

  /** The height of a load, from the top. */
  y(load: number): number {
    return round(HEIGHT * (1 - Math.min(MOST, Math.max(0, load)) / MOST));
  }

  line(now: number): string {
    return this.points.map(({ at, load }, index) => `${index === 0 ? "M" : "L"}${this.x(at, now)} ${this.y(load)}`).join("");
  }

  area(now: number): string {
    const [first, last] = [this.points[0], this.points.at(-1)];
    if (first === undefined || last === undefined) return "";
    return `${this.line(now)}L${this.x(last.at, now)} ${HEIGHT}L${this.x(first.at, now)} ${HEIGHT}Z`;
  }

  private x(at: number, now: number): number {
    return round(WIDTH * (1 - (now - at) / SPAN));
  }
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/** A share as people read it: 0.734 is 73%. */
export function share(value: number): string {
  return `${Math.round(value * 100)}%`;
}
