// A server in memory and a network that loses everything under way whenever it breaks: what the client is proven against.

import type { Clock } from "../src/link/clock";
import type { Card, ChatEvent, ClientFrame, Hello, Mode, ServerFrame } from "../src/link/frames";
import type { Dial, Sink, Transport } from "../src/link/transport";

interface Logged {
  cid: string;
  text: string;
  author: "visitor" | "agent";
  staff: boolean;
}

export class FakeWorld {
  readonly log: Logged[] = [];
  readonly cards: Card[] = [];
  epoch = "e1";
  /** Chance that a connection breaks at a given frame, either way. */
  breaks = 0;
  /** Chance that a commit fails and the client is asked to retry. */
  failing = 0;
  dials = 0;
  refuseSockets = false;
  /** Who has no token is asked to come back in so many ms; who says in the address that he is new only sees the handshake fail. */
  full = 0;
  mode: Mode | null = null;
  frames: ClientFrame[] = [];
  private readonly acks = new Map<string, number>();
  private live: { sink: Sink; cursor: number; greeted: boolean } | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly delay = 40,
  ) {}

  readonly dial: Dial = (sink: Sink, hello: () => Hello, asNew = false): Transport => {
    this.dials += 1;
    const session = { sink, cursor: 0, greeted: false };
    let open = true;
    const cut = (): void => {
      if (!open) return;
      open = false;
      if (this.live === session) this.live = null;
      // Neither end knows that what was under way is gone.
      this.clock.after(1, () => sink.closed(1006, ""));
    };
    if (this.refuseSockets) {
      this.clock.after(this.delay, cut);
      return { send: () => undefined, close: () => void (open = false) };
    }
    if (this.full > 0 && hello().token === null) {
      const [code, reason]: [number, string] = asNew ? [1006, ""] : [1013, `retry_after=${this.full}`];
      this.clock.after(this.delay, () => open && sink.closed(code, reason));
      return { send: () => undefined, close: () => void (open = false) };
    }
    const down = (frame: ServerFrame): void => {
      if (open && this.clock.random() < this.breaks) return cut();
      this.clock.after(this.delay, () => open && sink.frames([frame]));
    };
    const up = (frame: ClientFrame): void => {
      if (open && this.clock.random() < this.breaks) return cut();
      this.clock.after(this.delay, () => open && this.receive(frame, session, down));
    };
    this.clock.after(this.delay, () => {
      if (!open) return;
      sink.opened();
      up(hello());
    });
    return {
      send: (frame) => open && up(frame),
      close: () => {
        open = false;
        if (this.live === session) this.live = null;
      },
    };
  };

  /** The server ends the connection with a code. */
  close(code: number): void {
    this.live?.sink.closed(code, "");
    this.live = null;
  }

  /** The server says something by itself. */
  tell(frame: ServerFrame): void {
    this.push(frame);
  }

  /** Words of an agent; staff-only ones make holes in what the visitor sees. */
  agentSays(text: string, staff = false): void {
    if (this.cards.length === 0) return;
    this.append({ cid: `agent-${this.log.length}`, text, author: "agent", staff });
  }

  /** What the visitor must have in the end. */
  get visible(): string[] {
    return this.log.filter((one) => !one.staff).map((one) => one.text);
  }

  private push: (frame: ServerFrame) => void = () => undefined;

  private receive(frame: ClientFrame, session: { greeted: boolean; cursor: number; sink: Sink }, down: (frame: ServerFrame) => void): void {
    this.frames.push(frame);
    if (frame.t === "hello") {
      session.greeted = true;
      this.live = session;
      this.push = down;
      down(this.welcome());
      for (const card of this.cards) this.resume(card.id, frame.epoch === this.epoch ? (frame.cursors[card.id] ?? 0) : 0, down);
    } else if (frame.t === "send") {
      const known = this.acks.get(frame.cid);
      if (known === undefined && this.clock.random() < this.failing) return down({ t: "retry", cid: frame.cid, retry_after: 300 });
      if (known === undefined && this.cards.length === 0) {
        this.cards.push(this.card());
        down({ t: "joined", conversation: this.card() });
      }
      const seq = known ?? this.append({ cid: frame.cid, text: frame.text, author: "visitor", staff: false });
      down({ t: "ack", cid: frame.cid, conversation: "c1", seq, at: this.clock.now() });
    } else if (frame.t === "sync") {
      this.resume(frame.conversation, frame.after, down);
    }
  }

  private append(entry: Logged): number {
    this.log.push(entry);
    const seq = this.log.length;
    this.acks.set(entry.cid, seq);
    if (!entry.staff && this.live !== null) this.push({ t: "event", conversation: "c1", ...this.event(seq) });
    return seq;
  }

  private resume(conversation: string, after: number, down: (frame: ServerFrame) => void): void {
    const seqs = this.log.map((_, index) => index + 1).filter((seq) => seq > after && !this.log[seq - 1]!.staff);
    const last = seqs.at(-1) ?? after;
    down({ t: "events", conversation, events: seqs.map((seq) => this.event(seq)), after, head: last });
  }

  private event(seq: number): ChatEvent {
    const { cid, text, author } = this.log[seq - 1]!;
    let prev = seq - 1;
    while (prev > 0 && this.log[prev - 1]!.staff) prev -= 1;
    return { seq, prev, at: this.clock.now(), kind: "message", author: { kind: author, id: "", name: "" }, text, cid };
  }

  private card(): Card {
    const head = this.log.reduce((best, one, index) => (one.staff ? best : index + 1), 0);
    return { id: "c1", agent: null, opened_at: 1, closed_at: null, head, unread: 0, receipts: [], last: null };
  }

  private welcome(): ServerFrame {
    return {
      t: "welcome",
      session: `s${this.dials}`,
      epoch: this.epoch,
      now: this.clock.now(),
      token: "token",
      you: { id: "v1", name: "", role: "visitor" },
      limits: { message_bytes: 8192, outbox: 32 },
      site: { name: "site" },
      conversations: this.cards.map(() => this.card()),
      ...(this.mode === null ? {} : { mode: this.mode }),
    };
  }
}
