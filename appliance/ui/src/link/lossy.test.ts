// The whole client against a network that breaks at random: nothing lost, nothing twice, the order of the log.

import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "../../test/fake_clock";
import { FakeWorld } from "../../test/fake_world";
import { Client } from "./client";
import { memoryKeep, type Keep } from "./keep";

function open(world: FakeWorld, clock: FakeClock, keep: Keep, poll = world.dial): Client {
  const client = new Client({
    me: "visitor",
    socket: world.dial,
    poll,
    keep,
    tabKeep: memoryKeep(),
    prefix: "k:",
    lang: () => "zh",
    clock,
  });
  client.link.start();
  return client;
}

function shown(client: Client): string[] {
  return (client.inbox.conversations.get("c1")?.timeline.events ?? []).map((event) => (event.kind === "message" ? event.text : ""));
}

for (let seed = 1; seed <= 25; seed++) {
  test(`network that breaks, seed ${seed}`, async () => {
    const clock = new FakeClock(seed);
    const world = new FakeWorld(clock);
    const client = open(world, clock, memoryKeep());
    world.breaks = 0.06;
    world.failing = 0.05;
    for (let i = 0; i < 60; i++) {
      client.say(client.inbox.conversations.has("c1") ? "c1" : null, `v${i}`);
      if (i % 3 === 0) world.agentSays(`a${i}`);
      if (i % 4 === 0) world.agentSays(`secret ${i}`, true);
      await clock.pass(clock.random() * 3_000);
    }
    ok(world.dials > 5, "the network did break");
    world.breaks = 0;
    world.failing = 0;
    await clock.pass(120_000);

    deepEqual(shown(client), world.visible);
    const own = world.log.filter((one) => one.author === "visitor").map((one) => one.text);
    deepEqual([...own].sort(), Array.from({ length: 60 }, (_, i) => `v${i}`).sort(), "each once");
    equal(client.outbox.list().length, 0);
  });
}

test("a page that is reloaded in the middle sends the rest, once", async () => {
  const clock = new FakeClock(7);
  const world = new FakeWorld(clock);
  const keep = memoryKeep();
  world.breaks = 1; // Nothing gets through.
  const before = open(world, clock, keep);
  for (let i = 0; i < 40; i++) before.say(null, `v${i}`);
  await clock.pass(20_000);
  equal(world.log.length, 0);
  before.link.stop();

  world.breaks = 0;
  const after = open(world, clock, keep);
  await clock.pass(60_000);
  deepEqual(world.visible, Array.from({ length: 40 }, (_, i) => `v${i}`));
  deepEqual(shown(after), world.visible);
  deepEqual(keep.keys("k:out."), []);
});

test("at most 32 messages are under way", async () => {
  const clock = new FakeClock(3);
  const world = new FakeWorld(clock, 400);
  const client = open(world, clock, memoryKeep());
  await clock.pass(2_000);
  for (let i = 0; i < 50; i++) client.say(null, `v${i}`);
  await clock.pass(401);
  equal(world.frames.filter((frame) => frame.t === "send").length, 32);
  await clock.pass(5_000);
  equal(world.visible.length, 50);
});

test("another epoch makes the client drop what it knew", async () => {
  const clock = new FakeClock(5);
  const world = new FakeWorld(clock);
  const client = open(world, clock, memoryKeep());
  await clock.pass(1_000);
  for (let i = 0; i < 5; i++) client.say(null, `v${i}`);
  await clock.pass(1_000);
  equal(shown(client).length, 5);
  world.log.splice(3); // The backup was older.
  world.epoch = "e2";
  client.link.restart();
  await clock.pass(2_000);
  deepEqual(shown(client), ["v0", "v1", "v2"]);
});

test("a lost position starts anew from nothing, and what is shown stays until then", async () => {
  const clock = new FakeClock(6);
  const world = new FakeWorld(clock);
  const client = open(world, clock, memoryKeep());
  await clock.pass(1_000);
  for (let i = 0; i < 5; i++) client.say(null, `v${i}`);
  await clock.pass(1_000);
  world.close(4010);
  await clock.pass(10);
  equal(shown(client).length, 5);
  await clock.pass(5_000);
  const hellos = world.frames.filter((frame) => frame.t === "hello");
  deepEqual(hellos.at(-1)?.cursors, {});
  deepEqual(shown(client), world.visible);
});

test("receive acks are cumulative and follow within a second", async () => {
  const clock = new FakeClock(9);
  const world = new FakeWorld(clock);
  const client = open(world, clock, memoryKeep());
  await clock.pass(1_000);
  client.say(null, "hello");
  await clock.pass(200);
  for (let i = 0; i < 10; i++) world.agentSays(`a${i}`);
  await clock.pass(1_200);
  const acks = world.frames.filter((frame) => frame.t === "got");
  deepEqual(acks.at(-1), { t: "got", cursors: { c1: 11 } });
  ok(acks.length <= 3);
});
