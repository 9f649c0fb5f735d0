// What the admin routes answer (appliance/http/panel.py), and asking them.

export interface Point {
  at: number;
  lag: number;
  gc: number[];
  rss: number;
  tasks: number;
  threads: number;
  cpu: number;
  pools: Record<string, number | null>;
  load: number;
  tier: number;
}

export interface Capture {
  id: string;
  at: number;
  kind: string;
  seconds: number;
  bytes: number;
  cause: string;
  tier: number | null;
  load: number | null;
  component: string;
}

export interface Runtime {
  points: Point[];
  captures: Capture[];
}

export interface Moved {
  name: string;
  own: [number, number];
  total: [number, number];
}

export interface Difference {
  unit: string;
  totals: [number, number];
  rows: Moved[];
  left_out: number;
}

export type Lang = "zh" | "en";

/** An answer that is a refusal, in both languages. */
export class Refusal extends Error {
  constructor(readonly told: { zh: string; en: string }) {
    super(told.en);
  }
}

async function ask<T>(path: string, init?: RequestInit): Promise<T> {
  const answer = await fetch(path, { cache: "no-store", credentials: "same-origin", ...init });
  const body: unknown = await answer.json();
  if (!answer.ok) throw new Refusal((body as { error: { zh: string; en: string } }).error);
  return body as T;
}

export function runtime(since: number): Promise<Runtime> {
  return ask(`/admin/runtime?since=${since}`);
}

export async function take(kind: string, seconds: number): Promise<Capture> {
  const init = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ kind, seconds }) };
  return (await ask<{ capture: Capture }>("/admin/captures", init)).capture;
}

export async function remove(id: string): Promise<Capture[]> {
  return (await ask<{ captures: Capture[] }>(fileOf(id), { method: "DELETE" })).captures;
}

export function difference(before: string, after: string): Promise<Difference> {
  return ask(`/admin/captures/diff?before=${encodeURIComponent(before)}&after=${encodeURIComponent(after)}`);
}

export function fileOf(id: string): string {
  return `/admin/captures/${encodeURIComponent(id)}`;
}

/** The address of the flame graph of a capture. */
export function flameOf(capture: Capture): string {
  return `/panel/speedscope/#profileURL=${encodeURIComponent(fileOf(capture.id))}&title=${encodeURIComponent(capture.id)}`;
}
