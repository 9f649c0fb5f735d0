import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { pieces } from "./linkify";

const links = (text: string): string[] => pieces(text).flatMap(({ href }) => href ?? []);

test("addresses are found, with the punctuation around them left outside", () => {
  deepEqual(links("看 https://shop.example.com/a?b=1。谢谢"), ["https://shop.example.com/a?b=1"]);
  deepEqual(links("(see http://x.example/y)."), ["http://x.example/y"]);
});

test("nothing but http and https becomes a link", () => {
  deepEqual(links("javascript:alert(1) data:text/html,x ftp://x vbscript:x"), []);
  deepEqual(links("https://"), []);
});

test("the pieces put together are the text, markup and all", () => {
  const text = "<img src=x onerror=alert(1)> https://a.example/<b> \n https://b.example!";
  equal(pieces(text).map((piece) => piece.text).join(""), text);
});
