import { deepEqual } from "node:assert/strict";
import { test } from "node:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { CONSOLE_HOOKS, DEMO_HOOKS, MADE_HOOKS, WIDGET_HOOKS } from "./hooks";

// The tests run bundled, from this package or from the repository's root: the sources are read where they stand.
const SRC = ["src", "appliance/ui/src"].find((path) => existsSync(`${path}/hooks.ts`)) ?? "src";

function used(folder: string): Set<string> {
  const found = new Set<string>();
  for (const name of readdirSync(`${SRC}/${folder}`)) {
    if (!/\.(ts|html)$/.test(name) || name.endsWith(".test.ts")) continue;
    const text = readFileSync(`${SRC}/${folder}/${name}`, "utf8");
    for (const match of text.matchAll(/data-test"?[=:]\s*"([\w-]+)"/g)) found.add(match[1]!);
    for (const match of text.matchAll(/data-test=([\w-]+)/g)) found.add(match[1]!);
    // Names handed to the small builders of menus, tools, modes and toggles.
    for (const match of text.matchAll(/\b(?:item|tool|mode|toggle)\([^;]*?"([a-z-]+)"/g)) found.add(match[1]!);
    for (const match of text.matchAll(/"((?:login|invite|mode|sound|notifications)(?:-[a-z]+)?)"/g)) found.add(match[1]!);
  }
  return found;
}

for (const [folder, hooks] of [
  ["widget", WIDGET_HOOKS],
  ["console", CONSOLE_HOOKS],
  ["demo", DEMO_HOOKS],
] as const) {
  test(`${folder}: every listed hook stands in the sources`, () => {
    const there = used(folder);
    deepEqual(hooks.filter((hook) => !there.has(hook)), []);
  });

  test(`${folder}: every hook of the sources is listed`, () => {
    const listed = new Set<string>(hooks);
    const text = readdirSync(`${SRC}/${folder}`).filter((name) => /\.(ts|html)$/.test(name)).map((name) => readFileSync(`${SRC}/${folder}/${name}`, "utf8"));
    const plain = text.flatMap((one) => [...one.matchAll(/data-test"?[=:]\s*"([\w-]+)"/g)].map((match) => match[1]!));
    deepEqual([...new Set(plain)].filter((hook) => !listed.has(hook) && !MADE_HOOKS.some((made) => hook.startsWith(made))), []);
  });
}
