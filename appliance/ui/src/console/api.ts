// The HTTP side of the console: everything that is not the conversation itself.

import type { Card, Feature, Lang, QuickReply, Role, VisitorCard } from "../link/frames";

export interface AgentAccount {
  id: string;
  login: string;
  name: string;
  role: Role;
  skills: string[];
  capacity: number;
  disabled?: boolean;
  /** False until the one-time link was used. */
  joined?: boolean;
}

/** One line of the history. */
export interface Summary {
  conversation: string;
  visitor: VisitorCard;
  opened_at: number;
  closed_at: number | null;
}

/** How loaded the appliance is and what it has switched off: GET /api/overload. */
export interface Overload {
  tier: number;
  /** A share of what can be borne, as the components are. */
  load: number;
  components: Record<string, number>;
  busiest: string;
  /** A component, "operator" or "rehearsal"; "" at tier 0. */
  cause: string;
  off: Feature[];
  since: number;
  forced: { tier: number; until: number; by: string } | null;
  thresholds: { tier: number; enter: number; leave: number; action: string }[];
  /** Newest last. */
  history: { at: number; from: number; to: number; load: number; cause: string }[];
  suppressed: Record<string, number>;
}

/** What the server refused, in the reader's language. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

export class Api {
  constructor(private readonly lang: () => Lang) {}

  /** Who is signed in; fails with 401 when nobody is. */
  async me(): Promise<AgentAccount> {
    const { agent } = (await this.ask("GET", "/api/me")) as { agent: AgentAccount | null };
    if (agent === null) throw new ApiError(401, "");
    return agent;
  }

  login(login: string, password: string): Promise<AgentAccount> {
    return this.ask("POST", "/api/login", { login, password }).then((body) => one<AgentAccount>(body, "agent"));
  }

  async logout(): Promise<void> {
    await this.ask("POST", "/api/logout", {});
  }

  async invitation(secret: string, password: string, name: string): Promise<void> {
    await this.ask("POST", "/api/invitation", { secret, password, ...(name === "" ? {} : { name }) });
  }

  agents(): Promise<AgentAccount[]> {
    return this.ask("GET", "/api/agents").then((body) => many<AgentAccount>(body, "agents"));
  }

  /** Returns the one-time link to hand over. */
  async invite(account: Omit<AgentAccount, "id" | "disabled" | "joined">): Promise<string> {
    const body = (await this.ask("POST", "/api/agents", account)) as { invite: string };
    return body.invite;
  }

  /** Returns a new one-time link when `reset` asked for one, else "". */
  async change(id: string, account: Partial<AgentAccount> & { reset?: boolean }): Promise<string> {
    const body = (await this.ask("PATCH", `/api/agents/${encodeURIComponent(id)}`, account)) as { invite?: string };
    return body.invite ?? "";
  }

  replies(): Promise<QuickReply[]> {
    return this.ask("GET", "/api/replies").then((body) => many<QuickReply>(body, "replies"));
  }

  async addReply(reply: { shortcut: string; text: string; shared: boolean }): Promise<void> {
    await this.ask("POST", "/api/replies", reply);
  }

  async dropReply(id: string): Promise<void> {
    await this.ask("DELETE", `/api/replies/${encodeURIComponent(id)}`, {});
  }

  queues(): Promise<string[]> {
    return this.ask("GET", "/api/queues").then((body) =>
      many<string | { name: string }>(body, "queues").map((queue) => (typeof queue === "string" ? queue : queue.name)),
    );
  }

  conversations(query: { before?: number; visitor?: string } = {}): Promise<Summary[]> {
    const wanted = new URLSearchParams(Object.entries(query).map(([key, value]) => [key, String(value)]));
    return this.ask("GET", `/api/conversations?${wanted}`).then((body) => many<Summary>(body, "conversations"));
  }

  card(conversation: string): Promise<Card> {
    const path = `/api/conversations/${encodeURIComponent(conversation)}`;
    return this.ask("GET", path).then((body) => one<Card>(body, "conversation"));
  }

  overload(): Promise<Overload> {
    return this.ask("GET", "/api/overload") as Promise<Overload>;
  }

  /** Hold a tier for so long; null: automatic again. */
  forceTier(tier: number | null, seconds: number): Promise<Overload> {
    return this.ask("POST", "/api/overload", tier === null ? { tier } : { tier, seconds }) as Promise<Overload>;
  }

  /** Go through all tiers and back, each held so many seconds. */
  rehearse(hold: number): Promise<Overload> {
    return this.ask("POST", "/api/overload/rehearsal", { hold }) as Promise<Overload>;
  }

  private async ask(method: string, path: string, body?: unknown): Promise<unknown> {
    const init: RequestInit = { method, headers: { accept: "application/json" } };
    if (body !== undefined) {
      init.body = JSON.stringify(body);
      init.headers = { "content-type": "application/json", accept: "application/json" };
    }
    let answer: Response;
    try {
      answer = await fetch(path, init);
    } catch {
      throw new ApiError(0, "");
    }
    const value: unknown = await answer.json().catch(() => ({}));
    if (!answer.ok) {
      const error = (value as { error?: Record<Lang, string> }).error;
      throw new ApiError(answer.status, error?.[this.lang()] ?? "");
    }
    return value;
  }
}

/** Lists come as {name: [...]}. */
function many<T>(body: unknown, name: string): T[] {
  const list = Array.isArray(body) ? body : (body as Record<string, unknown>)[name];
  return Array.isArray(list) ? (list as T[]) : [];
}

function one<T>(body: unknown, name: string): T {
  return ((body as Record<string, unknown>)[name] ?? body) as T;
}
