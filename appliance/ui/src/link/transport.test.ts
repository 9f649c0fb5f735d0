import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "../../test/fake_clock";
import type { Hello, ServerFrame } from "./frames";
import { dialPoll, parse } from "./transport";

const HELLO: Hello = { t: "hello", v: 1, token: null, session: null, epoch: null, cursors: {}, lang: "zh" };

interface Asked {
  wait: number;
  frames: { t: string }[];
  aborted: boolean;
  answer(status: number, frames?: ServerFrame[], error?: object): void;
  fail(): void;
}

function setUp() {
  const clock = new FakeClock();
  const asked: Asked[] = [];
  const fetcher = ((_: string, init: RequestInit) => {
    const { wait, frames } = JSON.parse(String(init.body)) as Asked;
    return new Promise<Response>((resolve, reject) => {
      const one: Asked = {
        wait,
        frames,
        aborted: false,
        answer: (status, list = [], error) => resolve(new Response(JSON.stringify({ frames: list, error }), { status })),
        fail: () => reject(new Error("network")),
      };
      init.signal?.addEventListener("abort", () => {
        one.aborted = true;
        reject(new Error("aborted"));
      });
      asked.push(one);
    });
  }) as typeof fetch;
  const got: ServerFrame[] = [];
  const closed: number[] = [];
  const sink = { opened: () => undefined, frames: (list: ServerFrame[]) => void got.push(...list), closed: (code: number) => void closed.push(code) };
  const transport = dialPoll("/poll", clock, fetcher)(sink, () => HELLO);
  return { clock, asked, got, closed, transport };
}

test("a newcomer says so in the address until he is in", async () => {
  const clock = new FakeClock();
  const urls: string[] = [];
  const fetcher = ((url: string) => {
    urls.push(url);
    return Promise.resolve(new Response(JSON.stringify({ frames: [] }), { status: 200 }));
  }) as typeof fetch;
  const sink = { opened: () => undefined, frames: () => undefined, closed: () => undefined };
  const transport = dialPoll("/poll", clock, fetcher)(sink, () => HELLO, true);
  await clock.pass(3_000);
  transport.close();
  deepEqual(urls.slice(0, 2), ["/poll?new", "/poll"]);
});

test("one frame or an array of frames; rubbish is nothing", () => {
  equal(parse('{"t":"pong","n":1}').length, 1);
  equal(parse('[{"t":"pong","n":1},{"t":"pong","n":2}]').length, 2);
  equal(parse("{").length, 0);
});

test("the first poll does not wait, later ones wait 25 s", async () => {
  const { clock, asked, got } = setUp();
  await clock.pass(10);
  asked[0]!.answer(200, [{ t: "pong", n: 1 }]);
  await clock.pass(300);
  deepEqual(asked.map((one) => one.wait), [0, 25_000]);
  equal(got.length, 1);
});

test("something to say ends the poll that waits, and is one request at a time", async () => {
  const { clock, asked, closed, transport } = setUp();
  await clock.pass(10);
  asked[0]!.answer(200);
  await clock.pass(300);
  transport.send({ t: "send", cid: "1", conversation: null, text: "a" });
  transport.send({ t: "got", cursors: {} });
  await clock.pass(10);
  equal(asked[1]!.aborted, true);
  deepEqual(asked[2]!.frames.map((frame) => frame.t), ["send"]);
  equal(asked[2]!.wait, 0);
  transport.send({ t: "send", cid: "2", conversation: null, text: "b" });
  transport.send({ t: "send", cid: "3", conversation: null, text: "c" });
  await clock.pass(10);
  equal(asked.length, 3, "the one that carries something is not given up");
  asked[2]!.answer(200);
  await clock.pass(10);
  deepEqual(asked[3]!.frames.map((frame) => frame.t), ["send", "send"]);
  deepEqual(closed, []);
});

test("a server that answers at once is not hammered", async () => {
  const { clock, asked } = setUp();
  for (let i = 0; i < 100; i++) {
    for (const one of asked) one.answer(200);
    await clock.pass(20);
  }
  ok(asked.length <= 4, String(asked.length));
});

test("a network that breaks under a poll is told once", async () => {
  const { clock, asked, closed } = setUp();
  await clock.pass(10);
  asked[0]!.fail();
  await clock.pass(60_000);
  deepEqual(closed, [1006]);
  equal(asked.length, 1);
});

test("refusals become close codes", async () => {
  for (const [status, code] of [
    [401, 4500],
    [403, 4500],
    [503, 1013],
    [500, 1006],
  ] as const) {
    const { clock, asked, closed } = setUp();
    await clock.pass(10);
    asked[0]!.answer(status);
    await clock.pass(10);
    deepEqual(closed, [code]);
  }
  const { clock, asked, closed } = setUp();
  await clock.pass(10);
  asked[0]!.answer(410, [], { code: "position_lost", close: 4010 });
  await clock.pass(10);
  deepEqual(closed, [4010]);
});
