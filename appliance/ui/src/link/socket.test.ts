import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "../../test/fake_clock";
import type { ClientFrame, Hello, ServerFrame } from "./frames";
import { Link } from "./socket";
import type { Dial, Sink } from "./transport";

const HELLO: Hello = { t: "hello", v: 1, token: null, session: null, epoch: null, cursors: {}, lang: "zh" };
const WELCOME: ServerFrame = {
  t: "welcome",
  session: "s",
  epoch: "e",
  now: 0,
  you: { id: "v", name: "", role: "visitor" },
  limits: { message_bytes: 8192, outbox: 32 },
  site: { name: "" },
  conversations: [],
};

function setUp() {
  const clock = new FakeClock(2);
  const dialled: { way: string; at: number; sink: Sink; sent: ClientFrame[] }[] = [];
  const dial = (way: string): Dial => (sink) => {
    const one = { way, at: clock.now(), sink, sent: [] as ClientFrame[] };
    dialled.push(one);
    return { send: (frame) => void one.sent.push(frame), close: () => undefined };
  };
  const link = new Link({ socket: dial("socket"), poll: dial("poll"), clock, hello: () => HELLO, frames: () => undefined, changed: () => undefined });
  const last = () => dialled.at(-1)!;
  return { clock, link, dialled, last };
}

test("the server's ping is answered with its number", () => {
  const { link, last } = setUp();
  link.start();
  last().sink.frames([WELCOME, { t: "ping", n: 7 }]);
  equal(link.state.name, "online");
  deepEqual(last().sent, [{ t: "pong", n: 7 }]);
});

test("35 s of silence end a connection; a pong or any frame keeps it", async () => {
  const { clock, link, dialled, last } = setUp();
  link.start();
  last().sink.frames([WELCOME]);
  await clock.pass(30_000);
  last().sink.frames([{ t: "ping", n: 1 }]);
  await clock.pass(30_000);
  equal(link.state.name, "online");
  await clock.pass(6_000);
  ok(dialled.length >= 1 && link.state.name !== "online");
});

test("back-off doubles, stays within +-50 % and 30 s", async () => {
  const { clock, link, dialled, last } = setUp();
  link.start();
  for (let i = 0; i < 12; i++) {
    last().sink.closed(4008, "");
    const before = dialled.length;
    while (dialled.length === before) await clock.pass(10);
  }
  const pauses = dialled.slice(1).map((one, index) => one.at - dialled[index]!.at);
  pauses.forEach((pause, n) => {
    const middle = Math.min(30_000, 1_000 * 2 ** n);
    ok(pause >= middle / 2 && pause <= Math.min(30_000, middle * 1.5) + 10, `${n}: ${pause}`);
  });
});

test("codes 4500 and above and 1009 stay away, 1012 comes back within 30 s, 1013 when asked", async () => {
  for (const code of [4500, 4501, 4502, 4503, 4504, 1009]) {
    const { clock, link, dialled, last } = setUp();
    link.start();
    last().sink.closed(code, "");
    await clock.pass(600_000);
    equal(dialled.length, 1);
    deepEqual(link.state, { name: "stopped", code });
  }
  const drained = setUp();
  drained.link.start();
  drained.last().sink.closed(1012, "");
  const drainedAt = drained.clock.now();
  await drained.clock.pass(30_001);
  ok(drained.dialled[1]!.at - drainedAt <= 30_000);

  const busy = setUp();
  busy.link.start();
  busy.last().sink.closed(1013, "retry_after=4000");
  await busy.clock.pass(3_900);
  equal(busy.dialled.length, 1);
  await busy.clock.pass(2_200);
  equal(busy.dialled.length, 2);
});

test("two sockets without an answer lead to polling, and a broken poll back to a socket", async () => {
  const { clock, link, dialled, last } = setUp();
  link.start();
  for (let i = 0; i < 3; i++) {
    last().sink.closed(1006, "");
    const before = dialled.length;
    while (dialled.length === before) await clock.pass(100);
  }
  deepEqual(dialled.map((one) => one.way), ["socket", "socket", "poll", "socket"]);
});

test("polling tries a socket again, ever more rarely: an outage looks like a proxy", async () => {
  const { clock, link, dialled, last } = setUp();
  const pollFrom = async (sockets: number): Promise<void> => {
    for (let i = 0; i < sockets; i++) {
      last().sink.closed(1006, "");
      const before = dialled.length;
      while (dialled.length === before) await clock.pass(100);
    }
    equal(last().way, "poll");
    last().sink.frames([WELCOME]);
  };
  const untilSocket = async (): Promise<number> => {
    const since = clock.now();
    while (last().way === "poll") {
      last().sink.frames([]);
      await clock.pass(1_000);
    }
    return clock.now() - since;
  };
  link.start();
  await pollFrom(2);
  equal(await untilSocket(), 30_000);
  await pollFrom(1);
  equal(await untilSocket(), 60_000);
  last().sink.frames([WELCOME]);
  deepEqual(link.state, { name: "online", way: "socket" });
  last().sink.closed(1006, "");
  while (dialled.length < 7) await clock.pass(100);
  await pollFrom(2);
  equal(await untilSocket(), 30_000);
});

test("a poll that works goes on; its later welcomes do not count as new connections", () => {
  const { link, dialled, last } = setUp();
  let firsts = 0;
  (link as unknown as { given: { frames: (list: ServerFrame[], first: boolean) => void } }).given.frames = (_, first) => {
    if (first) firsts += 1;
  };
  link.start();
  last().sink.frames([WELCOME]);
  last().sink.frames([WELCOME]);
  equal(firsts, 1);
  equal(dialled.length, 1);
});

test("a server that never welcomes is left after 10 s", async () => {
  const { clock, link, last } = setUp();
  link.start();
  last().sink.opened();
  await clock.pass(10_001);
  equal(link.state.name, "waiting");
});

test("a newcomer says so first, then asks for the reason, then waits as he was told", async () => {
  const clock = new FakeClock(4);
  const dialled: { way: string; asNew: boolean; at: number; sink: Sink }[] = [];
  const dial = (way: string): Dial => (sink, _, asNew = false) => {
    dialled.push({ way, asNew, at: clock.now(), sink });
    return { send: () => undefined, close: () => undefined };
  };
  let known = false;
  const link = new Link({ socket: dial("socket"), poll: dial("poll"), clock, hello: () => HELLO, newcomer: () => !known, frames: () => undefined, changed: () => undefined });
  const last = () => dialled.at(-1)!;
  const refused = async (code: number, reason = ""): Promise<number> => {
    const [at, before] = [clock.now(), dialled.length];
    last().sink.closed(code, reason);
    link.hurry();
    while (dialled.length === before) await clock.pass(100);
    return last().at - at;
  };
  link.start();
  await refused(1006);
  equal(link.noRoom, false);
  const told = await refused(1013, "retry_after=7000");
  ok(told >= 7_000 && told <= 10_600, String(told));
  ok(link.noRoom);
  const again = await refused(1006);
  ok(again >= 5_000 && again <= 15_100, String(again));
  ok(link.noRoom);
  deepEqual(dialled.map((one) => one.asNew), [true, false, true, true]);
  known = true;
  last().sink.frames([WELCOME]);
  equal(link.noRoom, false);
});

test("a network that fails after the server had no room is a failing network", async () => {
  const { clock, link, dialled, last } = setUp();
  link.start();
  last().sink.closed(1013, "retry_after=1000");
  while (last().way === "socket") {
    const before = dialled.length;
    while (dialled.length === before) await clock.pass(100);
    if (last().way === "socket") last().sink.closed(1006, "");
  }
  ok(link.noRoom);
  last().sink.closed(1006, "");
  equal(link.noRoom, false);
  link.hurry();
  equal(last().way, "socket");
});

test("coming back to the page ends the wait", async () => {
  const { link, dialled, last } = setUp();
  link.start();
  last().sink.closed(1012, "");
  link.hurry();
  equal(dialled.length, 2);
});

test("coming back to the page proves a silent connection within 8 s", async () => {
  const { clock, link, last } = setUp();
  link.start();
  last().sink.frames([WELCOME]);
  await clock.pass(20_000);
  link.hurry();
  deepEqual(last().sent, [{ t: "ping", n: 1 }]);
  await clock.pass(8_001);
  equal(link.state.name, "waiting");
});

test("whoever gave up before the welcome comes as another session, so that the former one's late hello sends nobody away", async () => {
  const clock = new FakeClock(2);
  const hellos: (() => Hello)[] = [];
  const sinks: Sink[] = [];
  const dial: Dial = (sink, hello) => {
    sinks.push(sink);
    hellos.push(hello);
    return { send: () => undefined, close: () => undefined };
  };
  const link = new Link({ socket: dial, poll: dial, clock, hello: () => ({ ...HELLO, session: "mine" }), frames: () => undefined, changed: () => undefined });
  link.start();
  equal(hellos[0]!().session, "mine");
  await clock.pass(30_000);
  ok(hellos.length >= 2, "it did not dial again");
  equal(hellos.at(-1)!().session, null);
  sinks.at(-1)!.frames([WELCOME]);
  equal(hellos.at(-1)!().session, "mine");
});
