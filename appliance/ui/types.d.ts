// What the bundler and node's test runner bring, told to the type checker. Kept this small on purpose: @types/node
// would give browser code node's globals, and a slip like `process.env` would type-check.

declare module "*.css" {
  /** The minified text of the style sheet, for `new CSSStyleSheet().replaceSync(text)`. */
  const text: string;
  export default text;
}

declare module "*.svg" {
  /** The markup of the picture. */
  const text: string;
  export default text;
}

declare module "node:test" {
  export function test(name: string, body: () => void | Promise<void>): void;
  export function describe(name: string, body: () => void): void;
  export function beforeEach(body: () => void | Promise<void>): void;
  export function afterEach(body: () => void | Promise<void>): void;
}

declare module "node:assert/strict" {
  export function equal(actual: unknown, expected: unknown, message?: string): void;
  export function notEqual(actual: unknown, expected: unknown, message?: string): void;
  export function deepEqual(actual: unknown, expected: unknown, message?: string): void;
  export function ok(value: unknown, message?: string): asserts value;
  export function match(actual: string, expected: RegExp, message?: string): void;
  export function throws(body: () => unknown, expected?: RegExp): void;
  export function rejects(body: () => Promise<unknown>, expected?: RegExp): Promise<void>;
}

declare module "node:fs" {
  export function existsSync(path: string): boolean;
  export function readdirSync(path: string): string[];
  export function readFileSync(path: string, encoding: "utf8"): string;
}
