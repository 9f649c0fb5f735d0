// What the server switches off under load, and what the client makes of it.

import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "../../test/fake_clock";
import { FakeWorld } from "../../test/fake_world";
import { Client } from "./client";
import type { Mode } from "./frames";
import { memoryKeep } from "./keep";

const BUSY: Mode = { tier: 1, off: ["read_receipts", "typing"], since: 1 };

async function open(seed = 1): Promise<{ clock: FakeClock; world: FakeWorld; client: Client }> {
  const clock = new FakeClock(seed);
  const world = new FakeWorld(clock);
  const client = new Client({
    me: "visitor",
    socket: world.dial,
    poll: world.dial,
    keep: memoryKeep(),
    tabKeep: memoryKeep(),
    prefix: "k:",
    lang: () => "zh",
    clock,
  });
  client.link.start();
  await clock.pass(1_000);
  return { clock, world, client };
}

function sent(world: FakeWorld, t: string): number {
  return world.frames.filter((frame) => frame.t === t).length;
}

test("typing is not told while it is off, and is told again after", async () => {
  const { clock, world, client } = await open();
  client.say(null, "hello");
  await clock.pass(500);
  const type = async (): Promise<number> => {
    client.typing("c1", true, "a");
    await clock.pass(500);
    return sent(world, "typing");
  };
  equal(await type(), 1);
  world.tell({ t: "mode", ...BUSY });
  await clock.pass(100);
  equal(await type(), 1);
  world.tell({ t: "mode", tier: 0, off: [], since: 2 });
  await clock.pass(100);
  equal(client.inbox.mode, null);
  equal(await type(), 2);
});

test("who was writing when typing went off is not shown as writing for ever", async () => {
  const { clock, world, client } = await open();
  client.say(null, "hello");
  await clock.pass(500);
  world.tell({ t: "typing", conversation: "c1", who: "a", name: "Lin", on: true, text: "well" });
  await clock.pass(100);
  const mine = client.inbox.conversations.get("c1")!;
  equal(mine.typists(clock.now()).length, 1);
  world.tell({ t: "mode", ...BUSY });
  await clock.pass(100);
  equal(mine.typists(clock.now()).length, 0);
});

test("what was read is reported although receipts are held, and marks stay where they are", async () => {
  const { clock, world, client } = await open();
  client.say(null, "hello");
  await clock.pass(500);
  world.tell({ t: "receipts", conversation: "c1", reader: "a", delivered: 1, read: 0 });
  world.tell({ t: "mode", ...BUSY });
  world.agentSays("hi");
  await clock.pass(500);
  const mine = client.inbox.conversations.get("c1")!;
  equal(mine.timeline.progress(1, "visitor"), "delivered");
  equal(mine.unread, 1);
  client.read(mine);
  await clock.pass(100);
  equal(mine.unread, 0);
  deepEqual(world.frames.at(-1), { t: "read", conversation: "c1", seq: 2 });
});

test("a welcome tells the mode, and one without it that all is well", async () => {
  const { clock, world, client } = await open();
  const topics: string[] = [];
  client.listen(({ topic }) => topics.push(topic));
  world.mode = BUSY;
  client.link.restart();
  await clock.pass(1_000);
  ok(client.inbox.off("typing"));
  equal(client.inbox.off("presence"), false);
  world.mode = null;
  client.link.restart();
  await clock.pass(1_000);
  equal(client.inbox.mode, null);
  equal(client.inbox.off("typing"), false);
  world.tell({ t: "mode", ...BUSY });
  await clock.pass(100);
  ok(topics.includes("mode"));
});

test("a newcomer who is turned away keeps what he wrote and gets in by himself, never in a hot loop", async () => {
  for (let seed = 1; seed <= 10; seed++) {
    const clock = new FakeClock(seed);
    const world = new FakeWorld(clock);
    world.full = 8_000;
    const client = new Client({
      me: "visitor",
      socket: world.dial,
      // A refused poll is an answer that can be read.
      poll: (sink, hello) => world.dial(sink, hello),
      keep: memoryKeep(),
      tabKeep: memoryKeep(),
      prefix: "k:",
      lang: () => "zh",
      clock,
    });
    client.link.start();
    client.say(null, "hello?");
    await clock.pass(10_000);
    ok(client.link.noRoom);
    const since = world.dials;
    // Neither a page that comes back to the front nor an impatient person makes it hotter.
    for (let i = 0; i < 50; i++) {
      client.link.hurry();
      await clock.pass(1_000);
    }
    ok(world.dials - since <= 12, `seed ${seed}: ${world.dials - since} dials in 50 s`);
    ok(world.dials - since >= 3, `seed ${seed}: ${world.dials - since} dials in 50 s`);
    deepEqual(client.pending(null).map((entry) => [entry.frame.text, entry.state]), [["hello?", "sending"]]);
    world.full = 0;
    await clock.pass(20_000);
    equal(client.link.noRoom, false);
    deepEqual(world.visible, ["hello?"]);
  }
});
