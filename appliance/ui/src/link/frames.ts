// The wire protocol, version 1, as types.  This file mirrors schema/asyncapi.yaml and holds no logic: when the two
// disagree the schema is right.  Times are integer milliseconds UTC, sequence numbers start at 1.

export type Lang = "zh" | "en";
export type Presence = "ready" | "busy" | "away";
export type Role = "owner" | "supervisor" | "agent";

export interface Author {
  kind: "visitor" | "agent" | "ai" | "system";
  /** Empty values are left out on the wire; the timeline puts them back. */
  id: string;
  name: string;
}

export interface Person {
  id: string;
  name: string;
}

export interface Page {
  url: string;
  title: string;
  referrer: string;
}

// ---- client to server -------------------------------------------------------------------------------------------

export interface Hello {
  t: "hello";
  v: 1;
  token: string | null;
  session: string | null;
  epoch: string | null;
  cursors: Record<string, number>;
  lang: Lang;
  page?: Page;
  identity?: string | null;
}

export interface Send {
  t: "send";
  cid: string;
  conversation: string | null;
  text: string;
  menu?: string;
  note?: boolean;
}

export type Act =
  | { act: "end" | "ask_human" | "close" | "join" | "leave" | "take" }
  | { act: "rate"; score: number; comment?: string }
  | { act: "form"; fields: Record<string, string> }
  | { act: "recall"; seq: number }
  | { act: "accept" | "decline"; visit: number }
  | { act: "transfer"; to_agent?: string; to_queue?: string; note?: string }
  | { act: "tag"; tags: string[] };

export type Do = { t: "do"; cid: string; conversation: string } & Act;

export type ClientFrame =
  | Hello
  | Send
  | Do
  | { t: "got"; cursors: Record<string, number> }
  | { t: "read"; conversation: string; seq: number }
  | { t: "typing"; conversation: string; text?: string; on: boolean }
  | { t: "sync"; conversation: string; after: number; before?: number; limit?: number }
  | { t: "presence"; status: Presence }
  | { t: "watch"; conversation: string; on: boolean }
  | { t: "ping"; n: number }
  | { t: "pong"; n: number };

// ---- events: what one record of a conversation looks like -------------------------------------------------------

interface Placed {
  seq: number;
  prev: number;
  at: number;
  /** Staff only: the active states after this record, when they changed. */
  state?: string[];
}

export interface MessageBody {
  kind: "message";
  author: Author;
  text: string;
  cid?: string;
  menu?: string[];
  recalled?: boolean;
}

export type EventBody =
  | MessageBody
  | { kind: "note"; author: Author; text: string; cid?: string; recalled?: boolean }
  | { kind: "joined"; agent: { id: string; name?: string } }
  | { kind: "released"; agent: { id: string; name?: string } }
  | { kind: "queued"; queue?: string; since?: number }
  | { kind: "unqueued" }
  | { kind: "state"; from?: string[]; to: string[]; by: string }
  | { kind: "ended"; by: "visitor" | "agent" | "system" }
  | { kind: "closed" | "rating_asked" | "form_asked" }
  | { kind: "rated"; score: number; comment: string }
  | { kind: "form"; fields: Record<string, string>; recalled?: boolean }
  | { kind: "recalled"; target: number }
  | { kind: "why"; reasons: Reasons; agent: string; queue: string }
  | { kind: "tagged"; tags: string[]; added?: boolean }
  | { kind: "transferred"; by: { id: string; name?: string }; to_agent?: string; to_queue?: string; note: string }
  | { kind: "reminded"; who: string }
  | { kind: "failed" | "parked"; cause: string }
  | { kind: "joined_staff"; agent: { id: string; name?: string }; inside: boolean }
  | { kind: "lost"; agent: string }
  | { kind: "other"; what: string };

export type ChatEvent = Placed & EventBody;
export type Reasons = Record<string, unknown>;

// ---- server to client -------------------------------------------------------------------------------------------

export interface Receipt {
  reader: string;
  delivered: number;
  read: number;
}

export interface VisitorCard {
  id: string;
  name?: string;
  level?: number;
  tags?: string[];
  lang?: string;
  page?: string;
  title?: string;
  referrer?: string;
  channel?: string;
  signed?: boolean;
}

export interface Card {
  id: string;
  visitor?: VisitorCard;
  agent: { id: string; name?: string } | null;
  opened_at: number;
  closed_at: number | null;
  head: number;
  unread: number;
  state?: string;
  queue?: string | null;
  waiting_since?: number | null;
  receipts: Receipt[];
  last: { seq: number; at: number; kind: string; text: string } | null;
  why?: Reasons | null;
  tags?: string[];
  rating_asked?: boolean;
  form_asked?: boolean;
  menu?: string[];
}

export interface Desk {
  queues: { name: string; length: number; oldest_since: number | null; ready: number }[];
  waiting: Waiting[];
  agents: DeskAgent[];
  /** Supervisors and the owner only: what is to be known of the configuration. */
  banner?: Banner;
}

export interface Banner {
  code: "reload_failed" | "unconfirmed" | "last_good";
  zh: string;
  en: string;
  since: number;
  /** When what is live goes back by itself. */
  until?: number;
}

export interface Waiting {
  conversation: string;
  queue: string;
  position: number;
  since: number;
  vip: boolean;
  visitor: string | VisitorCard;
  asking: boolean;
}

export interface DeskAgent {
  id: string;
  name: string;
  role: Role;
  status: Presence;
  shown: Presence | "offline" | "reconnecting";
  held: number;
  capacity: number;
}

/** What is off or slowed down under load.  The parts after `since` are for staff only. */
export interface Mode {
  tier: number;
  off: Feature[];
  since: number;
  /** A share of what can be borne. */
  load?: number;
  /** The component that caused it, or "operator", "rehearsal". */
  cause?: string;
  /** The end of a forced tier. */
  until?: number;
}

export type Feature = "read_receipts" | "typing" | "push_delay" | "batching" | "presence" | "new_visitors" | "ai" | "search" | "webhooks";

export interface QuickReply {
  id: string;
  shortcut: string;
  text: string;
  /** Empty: everybody's. */
  owner: string;
}

export interface Welcome {
  t: "welcome";
  session: string;
  epoch: string;
  now: number;
  token?: string;
  you: { id: string; name: string; role: Role | "visitor" };
  limits: { message_bytes: number; outbox: number };
  site: { name: string };
  greeting?: { say: string; menu: string[] } | null;
  conversations: Card[];
  presence?: Presence;
  desk?: Desk;
  replies?: QuickReply[];
  /** Left out when all is well. */
  mode?: Mode;
}

export interface Refused {
  t: "refused";
  cid: string;
  code: string;
  zh: string;
  en: string;
  retry_after?: number | null;
}

export interface EventsPage {
  t: "events";
  conversation: string;
  events: ChatEvent[];
  after: number;
  head: number;
  gap?: { from: number; to: number } | null;
}

export type EventFrame = { t: "event"; conversation: string } & ChatEvent;

export interface Offer {
  t: "offer";
  conversation: string;
  visit: number;
  queue: string;
  until: number;
  visitor: string;
}

export interface Notice {
  t: "notice";
  code: string;
  zh: string;
  en: string;
  level: "info" | "warn" | "error";
}

export interface TypingFrame {
  t: "typing";
  conversation: string;
  who: string;
  name: string;
  on: boolean;
  text?: string;
}

export interface QueuePlace {
  t: "queue";
  conversation: string;
  position: number;
  length: number;
  wait: number | null;
}

export type ServerFrame =
  | Welcome
  | { t: "joined"; conversation: Card }
  | { t: "left"; conversation: string }
  | EventFrame
  | EventsPage
  | { t: "ack"; cid: string; conversation: string; seq: number; at: number }
  | Refused
  | { t: "retry"; cid: string; retry_after: number }
  | ({ t: "receipts"; conversation: string } & Receipt)
  | TypingFrame
  | QueuePlace
  | Offer
  | { t: "unoffer"; conversation: string; visit: number }
  | { t: "remind"; conversation: string }
  | ({ t: "desk" } & Desk)
  | { t: "presence"; status: Presence }
  | { t: "ping"; n: number; heads?: Record<string, number> }
  | { t: "pong"; n: number }
  | ({ t: "mode" } & Mode)
  | Notice;
