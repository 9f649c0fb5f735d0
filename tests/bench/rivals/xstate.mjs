// The definition in XState, run in Node.  The first line of stdin is the definition; every further line is a number of
// rounds (0: a trace), answered by one line of JSON.  Both of XState's ways are here: an actor that is sent events, and the
// pure `transition`, whose actions are executed as its documentation tells.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const [folder, way] = process.argv.slice(2);
const { createActor, createMachine, initialTransition, transition } = createRequire(import.meta.url)(folder);

let acted = 0;
const act = () => {
  acted += 1;
};

const OPERATORS = { "==": (a, b) => a === b, ">=": (a, b) => a >= b, "<": (a, b) => a < b };

function guard({ subject, operator, constant }) {
  const compare = OPERATORS[operator];
  if (subject.startsWith(".")) {
    const name = subject.slice(1);
    return ({ event }) => compare(event[name], constant);
  }
  return ({ context }) => compare(context[subject], constant);
}

function configured(state) {
  const found = { id: state.name };
  if (state.final) found.type = "final";
  if (state.entry) found.entry = act;
  if (state.initial) found.initial = state.initial;
  if (state.states.length) found.states = byName(state.states);
  found.on = Object.fromEntries(
    Object.entries(state.on).map(([event, ways]) => [event, ways.map((each) => taken(each, state.name))]),
  );
  return found;
}

function taken({ to, when, action }, source) {
  return {
    target: `#${to}`,
    // A transition to the same state leaves and enters it, as everywhere else.
    reenter: to === source,
    ...(when ? { guard: guard(when) } : {}),
    ...(action ? { actions: act } : {}),
  };
}

const byName = (states) => Object.fromEntries(states.map((state) => [state.name, configured(state)]));

const leaf = (value) => (typeof value === "string" ? value : leaf(Object.values(value)[0]));

function sent(machine, events) {
  const actor = createActor(machine);
  actor.start();
  return {
    state: () => leaf(actor.getSnapshot().value),
    all: () => {
      for (const event of events) actor.send(event);
    },
    one: (event) => actor.send(event),
  };
}

function pure(machine, events) {
  let [snapshot, actions] = initialTransition(machine);
  const execute = () => {
    for (const action of actions) action.exec?.(action.info, action.params);
  };
  const one = (event) => {
    [snapshot, actions] = transition(machine, snapshot, event);
    execute();
  };
  return {
    state: () => leaf(snapshot.value),
    all: () => {
      for (const event of events) one(event);
    },
    one,
  };
}

let events;
let running;
for await (const line of createInterface({ input: process.stdin })) {
  if (!running) {
    const given = JSON.parse(line);
    const machine = createMachine({
      id: "service",
      context: given.context,
      initial: given.top[0].name,
      states: byName(given.top),
    });
    events = given.events.map(({ name, data }) => ({ type: name, ...data }));
    running = (way === "pure" ? pure : sent)(machine, events);
    console.log(JSON.stringify({ ready: true }));
  } else if (Number(line) === 0) {
    const states = [running.state()];
    for (const event of events) {
      running.one(event);
      states.push(running.state());
    }
    console.log(JSON.stringify({ states, acted }));
  } else {
    const rounds = Number(line);
    const begun = process.hrtime.bigint();
    for (let round = 0; round < rounds; round += 1) running.all();
    console.log(JSON.stringify({ nanoseconds: Number(process.hrtime.bigint() - begun) }));
  }
}
