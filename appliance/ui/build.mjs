// Builds the browser code: `node build.mjs` -> dist/, `node build.mjs --test` -> runs src/**/*.test.ts.
//
//   src/<bundle>/index.ts   -> dist/<bundle>.js    the bundles of the table below
//   src/<name>/index.html   -> dist/<name>.html    any other x.html -> dist/x.html
//   src/<name>/page.css     -> dist/<name>.css     style of the page around the components
//   src/static/**           -> dist/**             icons, sounds: copied as they are
//   node_modules/speedscope -> dist/speedscope/**  the viewer of profiles as it is published, without its example
//   dist/manifest.json      {"widget.js": {"hash", "integrity", "bytes", "gzip"}, ...} for ETags and snippets
//
// `import css from "./x.css"` gives the minified text, so components adopt it as a style sheet: a <style> element is
// blocked by a strict CSP. No network, no watcher. The new dist replaces the old one only when all of it is good.

import { createHash } from "node:crypto";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, "src");
const dist = join(here, "dist");
const fresh = join(here, "dist.new");
const tests = join(here, "..", "..", "build", "ui-tests");

// The widget runs on strangers' pages: one classic script that leaks no names, and at most 25 KB of their visitors' time.
const BUNDLES = {
  widget: { format: "iife", limit: 25 * 1024 },
  console: { format: "esm" },
  demo: { format: "esm" },
  panel: { format: "esm" },
};

const BROWSERS = ["chrome109", "edge109", "firefox102", "safari16.4"]; // The oldest ones that adopt style sheets.

const cssAsText = {
  name: "css-as-text",
  setup(build) {
    build.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const css = await esbuild.build({ ...sheet(path), write: false });
      return { contents: css.outputFiles[0].text, loader: "text", watchFiles: [path] };
    });
  },
};

function sheet(path) {
  return { entryPoints: [path], bundle: true, minify: true, target: BROWSERS, charset: "utf8", logLevel: "warning" };
}

function script(extra) {
  return {
    bundle: true,
    charset: "utf8",
    loader: { ".svg": "text" },
    plugins: [cssAsText],
    tsconfig: join(here, "tsconfig.json"),
    logLevel: "warning",
    ...extra,
  };
}

function files(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

async function bundle(name, { format }) {
  const entry = join(source, name, "index.ts");
  if (!existsSync(entry)) return;
  const outfile = join(fresh, `${name}.js`);
  const minified = { minify: true, target: BROWSERS, legalComments: "eof" };
  await esbuild.build(script({ entryPoints: [entry], outfile, format, ...minified }));
}

async function pages() {
  for (const path of files(source)) {
    const name = basename(path);
    const room = basename(dirname(path));
    if (name === "page.css") await esbuild.build({ ...sheet(path), outfile: join(fresh, `${room}.css`) });
    if (name === "index.html") cpSync(path, join(fresh, `${room}.html`));
    else if (name.endsWith(".html")) cpSync(path, join(fresh, name));
  }
  if (existsSync(join(source, "static"))) cpSync(join(source, "static"), fresh, { recursive: true });
}

function viewer() {
  const published = join(here, "node_modules", "speedscope");
  for (const path of files(join(published, "dist", "release"))) {
    const name = basename(path);
    if (!name.startsWith("perf-vertx-") && !name.endsWith(".map")) cpSync(path, join(fresh, "speedscope", name));
  }
  cpSync(join(published, "LICENSE"), join(fresh, "speedscope", "LICENSE.txt"));
}

function manifest() {
  const rows = {};
  for (const path of files(fresh)) {
    const bytes = readFileSync(path);
    rows[relative(fresh, path).replaceAll("\\", "/")] = {
      hash: createHash("sha256").update(bytes).digest("hex").slice(0, 16),
      integrity: `sha384-${createHash("sha384").update(bytes).digest("base64")}`,
      bytes: bytes.length,
      gzip: gzipSync(bytes, { level: 9 }).length,
    };
  }
  writeFileSync(join(fresh, "manifest.json"), `${JSON.stringify(rows, null, 2)}\n`);
  return rows;
}

function overLimit(rows) {
  return Object.entries(BUNDLES)
    .filter(([name, { limit }]) => limit !== undefined && (rows[`${name}.js`]?.gzip ?? 0) > limit)
    .map(([name, { limit }]) => `${name}.js is ${rows[`${name}.js`].gzip} bytes gzipped, over its limit of ${limit}`);
}

async function buildAll() {
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  for (const [name, options] of Object.entries(BUNDLES)) await bundle(name, options);
  await pages();
  viewer();
  const rows = manifest();
  for (const [name, { bytes, gzip }] of Object.entries(rows)) {
    console.log(`  ${name.padEnd(24)} ${String(bytes).padStart(8)} B  ${String(gzip).padStart(7)} B gzip`);
  }
  const problems = overLimit(rows);
  if (problems.length > 0) throw new Error(`${problems.join("; ")}. Remove something: visitors wait for every byte.`);
  rmSync(dist, { recursive: true, force: true });
  renameSync(fresh, dist);
}

async function runTests() {
  const found = files(source).filter((path) => path.endsWith(".test.ts"));
  if (found.length === 0) return 0;
  rmSync(tests, { recursive: true, force: true });
  await esbuild.build(
    script({
      entryPoints: found,
      outdir: tests,
      outbase: source,
      outExtension: { ".js": ".mjs" },
      format: "esm",
      platform: "node",
      // Lit's own "node" build has no DOM; what is tested here is the code that browsers get.
      conditions: ["browser"],
      target: "node20",
      sourcemap: "inline",
    }),
  );
  const built = files(tests).filter((path) => path.endsWith(".test.mjs"));
  return spawnSync(process.execPath, ["--enable-source-maps", "--test", ...built], { stdio: "inherit" }).status ?? 1;
}

try {
  if (process.argv.includes("--test")) process.exitCode = await runTests();
  else await buildAll();
} catch (error) {
  rmSync(fresh, { recursive: true, force: true });
  console.error(`ui: ${error.message}`);
  process.exitCode = 1;
}
