// The charts, made of the points that the appliance keeps.

import { fill } from "../words/index";
import type { Chart, Series } from "./chart";
import type { Point } from "./data";
import { bytes, millis, percent, whole } from "./numbers";
import type { PanelWords } from "./words";

const LOOKS = ["a", "b", "c"] as const;

export function charts(points: readonly Point[], words: PanelWords): Chart[] {
  const last = points.at(-1);
  const series = (
    name: string,
    place: number,
    value: (point: Point) => number | null | undefined,
    shown: (value: number) => string,
  ): Series => {
    const newest = last === undefined ? null : (value(last) ?? null);
    return {
      name,
      look: LOOKS[place % LOOKS.length] ?? "a",
      values: points.map((point) => value(point) ?? null),
      shown: newest === null ? "–" : shown(newest),
    };
  };
  const cores = (value: number): string => value.toFixed(2);
  const pools = Object.keys(last?.pools ?? {});
  const one = (id: string, title: string, lines: Series[], least: number, label: (value: number) => string, most?: number): Chart => ({
    id, title, series: lines, least, label, empty: words.empty, ...(most === undefined ? {} : { most }),
  });
  return [
    one("lag", words.lag, [series(words.now, 0, (point) => point.lag, millis)], 50, millis),
    one("gc", words.gc, [0, 1, 2].map((n) => series(fill(words.gen, { n }), n, (point) => point.gc[n], millis)), 20, millis),
    one("rss", words.rss, [series(words.now, 0, (point) => point.rss / 2 ** 20, (mib) => bytes(mib * 2 ** 20))], 100, (mib) => bytes(mib * 2 ** 20)),
    one(
      "tasks",
      words.tasks_title,
      [series(words.tasks, 0, (point) => point.tasks, whole), series(words.threads, 1, (point) => point.threads, whole)],
      20,
      whole,
    ),
    one("cpu", words.cpu, [series(words.now, 0, (point) => point.cpu, cores)], 1, cores),
    one("pools", words.pools, pools.map((name, n) => series(name, n, (point) => point.pools[name], percent)), 1, percent, 1),
    one(
      "load",
      words.load_title,
      [
        series(words.load, 0, (point) => point.load, cores),
        { ...series(words.tier_line, 2, (point) => point.tier / 3, (third) => whole(third * 3)), steps: true },
      ],
      1,
      cores,
    ),
  ];
}
