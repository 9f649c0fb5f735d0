// Keeps a way to the server open: dials, says hello, notices silence, comes back with back-off, and changes to long
// polling where WebSockets do not get through.  It knows nothing of conversations.

import { backoff, type Clock } from "./clock";
import type { ClientFrame, Hello, ServerFrame } from "./frames";
import type { Dial, Transport } from "./transport";

export type LinkState =
  | { name: "idle" }
  | { name: "connecting"; attempt: number }
  | { name: "online"; way: "socket" | "poll" }
  | { name: "waiting"; attempt: number; until: number; code: number }
  | { name: "stopped"; code: number };

export interface LinkOptions {
  socket: Dial;
  poll: Dial;
  clock: Clock;
  /** True where WebSockets did not get through a moment ago. */
  pollFirst?: boolean;
  hello(): Hello;
  /** Whether an overloaded server would ask this visitor to come back later. */
  newcomer?(): boolean;
  frames(list: ServerFrame[], firstWelcome: boolean): void;
  changed(state: LinkState): void;
}

const WELCOME_WITHIN = 10_000;
const SILENCE = 35_000;
const PROBE = 8_000;
const STEADY = 5_000;
const DRAIN_SPREAD = 30_000;
// How long polling goes on before a WebSocket is tried again, doubled each time: an outage looks just like a proxy.
const SOCKET_AGAIN = 30_000;
const SOCKET_RARELY = 600_000;
const OVERLOAD = 1013;
/** What a refused handshake means is not told to scripts; who knows that there is no room comes back after 5 to 15 s. */
const NO_ROOM = 5_000;
const NO_ROOM_SPREAD = 10_000;
const STAY_AWAY = new Set([4500, 4501, 4502, 4503, 4504, 1009]);

export class Link {
  state: LinkState = { name: "idle" };
  /** When the last frame came, ms UTC; 0 before the first. */
  heardAt = 0;
  /** The server has said that it has no room just now, and nothing has contradicted it since. */
  noRoom = false;
  private abandoned = false;
  private transport: Transport | null = null;
  private attempt = 0;
  private unanswered = 0;
  private welcomedAt = 0;
  private pings = 0;
  private cancelRetry = (): void => undefined;
  private cancelWatch = (): void => undefined;
  private cancelAgain = (): void => undefined;
  private patience = SOCKET_AGAIN;

  constructor(private readonly given: LinkOptions) {
    if (given.pollFirst === true) this.unanswered = 2;
  }

  start(): void {
    if (this.state.name === "idle" || this.state.name === "stopped") {
      this.attempt = 0;
      this.dial();
    }
  }

  stop(): void {
    this.drop();
    this.become({ name: "idle" });
  }

  /** Dial anew at once, with a fresh hello (another identity, a person who pressed "try again"). */
  restart(): void {
    this.drop();
    this.attempt = 0;
    this.dial();
  }

  /** The network or the page came back: do not wait for the back-off, and prove a connection that may be dead. */
  hurry(): void {
    if (this.state.name === "waiting") {
      if (this.state.code === OVERLOAD) return; // The server has said when.
      this.cancelRetry();
      this.dial();
      return;
    }
    const { state } = this;
    if (state.name === "online" && state.way === "socket" && this.given.clock.now() - this.heardAt > PROBE) {
      this.send({ t: "ping", n: ++this.pings });
      this.watch(PROBE);
    }
  }

  /** Whether the frame was handed to a connection that has been welcomed. */
  send(frame: ClientFrame): boolean {
    if (this.state.name !== "online" || this.transport === null) return false;
    this.transport.send(frame);
    return true;
  }

  private dial(): void {
    const way = this.unanswered >= 2 ? "poll" : "socket";
    this.welcomedAt = 0;
    this.become({ name: "connecting", attempt: this.attempt });
    const mine = { current: true };
    const transport: Transport = this.given[way](
      {
        opened: () => undefined,
        frames: (list) => {
          if (mine.current) this.heard(list, way);
        },
        closed: (code, reason) => {
          if (!mine.current) return;
          mine.current = false;
          this.lost(code, reason, way);
        },
      },
      () => this.introduce(),
      this.asNew(way),
    );
    this.transport = { send: (frame) => transport.send(frame), close: () => ((mine.current = false), transport.close()) };
    this.watch(WELCOME_WITHIN, way);
  }

  /**
   * Whoever gave up on a connection before its welcome comes as another session: a slow server may read the hello of the former
   * one later than this one's, and would take that for the newer page and send this one away.
   */
  private introduce(): Hello {
    const hello = this.given.hello();
    return this.abandoned ? { ...hello, session: null } : hello;
  }

  /**
   * A newcomer says so in the address, where refusing him costs the server least.  A socket refused there closes without a
   * reason, so the second try says it in its hello only, and learns from the close code whether it is the load or the network.
   */
  private asNew(way: "socket" | "poll"): boolean {
    return (way === "poll" || this.attempt === 0 || this.noRoom) && this.given.newcomer?.() === true;
  }

  private heard(list: ServerFrame[], way: "socket" | "poll"): void {
    const { clock } = this.given;
    this.heardAt = clock.now();
    let first = false;
    for (const frame of list) {
      if (frame.t === "ping") this.transport?.send({ t: "pong", n: frame.n });
      if (frame.t === "welcome" && this.welcomedAt === 0) {
        first = true;
        this.welcomedAt = clock.now();
        this.abandoned = this.noRoom = false;
        // A poll that works says nothing about WebSockets: one more is tried whenever the polling breaks off.
        this.unanswered = way === "poll" ? 1 : 0;
      }
    }
    if (this.welcomedAt > 0) this.watch(SILENCE, way);
    if (first) {
      if (way === "socket") this.patience = SOCKET_AGAIN;
      else this.cancelAgain = clock.after(this.patience, () => this.socketAgain());
      this.become({ name: "online", way });
    }
    this.given.frames(list, first);
  }

  private socketAgain(): void {
    this.patience = Math.min(this.patience * 2, SOCKET_RARELY);
    this.unanswered = 1;
    this.restart();
  }

  private watch(ms: number, way: "socket" | "poll" = "socket"): void {
    this.cancelWatch();
    this.cancelWatch = this.given.clock.after(ms, () => {
      this.transport?.close();
      this.abandoned ||= this.welcomedAt === 0;
      this.lost(1006, "silence", way);
    });
  }

  private lost(code: number, reason: string, way: "socket" | "poll"): void {
    const { clock } = this.given;
    this.cancelWatch();
    this.cancelAgain();
    this.transport = null;
    if (this.welcomedAt === 0) {
      // Only a WebSocket that never got an answer hints at a proxy; a coded close is an answer.
      if (way === "poll") this.unanswered = 1;
      else if (code === 1006 || code === 1002 || code === 1005) this.unanswered += 1;
    } else if (clock.now() - this.welcomedAt > STEADY) this.attempt = 0;
    this.noRoom = code === OVERLOAD || (this.noRoom && code === 1006 && way === "socket" && this.welcomedAt === 0);
    if (this.noRoom) code = OVERLOAD;
    if (STAY_AWAY.has(code)) return this.become({ name: "stopped", code });
    const wait = this.pause(code, reason);
    this.attempt += 1;
    this.become({ name: "waiting", attempt: this.attempt, until: clock.now() + wait, code });
    this.cancelRetry();
    this.cancelRetry = clock.after(wait, () => this.dial());
  }

  private pause(code: number, reason: string): number {
    const { clock } = this.given;
    if (code === 1012) return Math.round(clock.random() * DRAIN_SPREAD);
    const asked = code === OVERLOAD ? Number.parseInt(reason.replace(/\D+/g, " ").trim(), 10) : Number.NaN;
    if (code === OVERLOAD && Number.isNaN(asked)) return Math.round(NO_ROOM + clock.random() * NO_ROOM_SPREAD);
    if (asked >= 0) return Math.round(Math.min(asked, 120_000) * (1 + clock.random() * 0.5));
    return backoff(clock, 1_000, this.attempt);
  }

  private drop(): void {
    this.noRoom = false;
    this.cancelRetry();
    this.cancelWatch();
    this.cancelAgain();
    this.transport?.close();
    this.transport = null;
  }

  private become(state: LinkState): void {
    this.state = state;
    this.given.changed(state);
  }
}
