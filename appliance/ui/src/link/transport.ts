// Two ways to the server behind one face: a WebSocket, and long polling for networks whose proxies eat WebSockets.

import type { Clock } from "./clock";
import type { ClientFrame, Hello, ServerFrame } from "./frames";

export interface Sink {
  opened(): void;
  /** An empty list is a sign of life. */
  frames(list: ServerFrame[]): void;
  /** Called once, never after `close()`. */
  closed(code: number, reason: string): void;
}

export interface Transport {
  send(frame: ClientFrame): void;
  close(): void;
}

/** `asNew`: say in the address already that this visitor is new, so that an overloaded server can refuse him before any work. */
export type Dial = (sink: Sink, hello: () => Hello, asNew?: boolean) => Transport;

/** Dial `url` (ws: or wss:).  A WebSocket blocked by policy or by an odd browser counts as closed with 1006. */
export function dialSocket(url: string): Dial {
  return (sink, hello, asNew) => {
    let live = true;
    const end = (code: number, reason: string): void => {
      if (!live) return;
      live = false;
      sink.closed(code, reason);
    };
    let socket: WebSocket;
    try {
      socket = new WebSocket(asNew === true ? `${url}?new` : url);
    } catch {
      queueMicrotask(() => end(1006, "blocked"));
      return { send: () => undefined, close: () => void (live = false) };
    }
    socket.onopen = () => {
      if (!live) return;
      socket.send(JSON.stringify(hello()));
      sink.opened();
    };
    socket.onmessage = (message) => {
      if (live && typeof message.data === "string") sink.frames(parse(message.data));
    };
    socket.onclose = (close) => end(close.code, close.reason);
    return {
      send: (frame) => {
        if (live && socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
      },
      close: () => {
        live = false;
        socket.close(1000);
      },
    };
  };
}

/** One socket message holds one frame or an array of frames. */
export function parse(text: string): ServerFrame[] {
  try {
    const value: unknown = JSON.parse(text);
    return (Array.isArray(value) ? value : [value]) as ServerFrame[];
  } catch {
    return [];
  }
}

const WAIT = 25_000;
const MOST_FRAMES = 64;
/** Pauses between polls: a server that answers at once without end must not be hammered, least of all for nothing. */
const REST = 250;
const REST_WITHOUT_NEWS = 2_000;

/**
 * Dial `url` by long polling.  One request at a time, because the server takes a second one of the same session for its
 * successor.  Every request is a resume by cursors, so a poll that hangs is simply given up when there is something to say.
 */
export function dialPoll(url: string, clock: Clock, fetcher: typeof fetch = (...given) => fetch(...given)): Dial {
  return (sink, hello, asNew) => {
    let live = true;
    let address = asNew === true ? `${url}?new` : url;
    let outgoing: ClientFrame[] = [];
    let idle: AbortController | null = null; // The request that waits for news and carries nothing.
    let current: AbortController | null = null;
    let wake = (): void => undefined;

    const end = (code: number, reason: string): void => {
      if (!live) return;
      live = false;
      sink.closed(code, reason);
    };

    const post = async (frames: ClientFrame[], wait: number): Promise<boolean> => {
      const abort = new AbortController();
      current = abort;
      idle = wait > 0 ? abort : null;
      const cancel = clock.after(wait + 15_000, () => abort.abort());
      let news = false;
      try {
        const answer = await fetcher(address, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ hello: hello(), frames, wait }),
          signal: abort.signal,
        });
        if (!answer.ok) {
          end(...(await codeOf(answer)));
          return false;
        }
        const body = (await answer.json()) as { frames: ServerFrame[] };
        address = url;
        news = body.frames.some((frame) => frame.t !== "welcome");
        if (live) sink.frames(body.frames);
      } catch {
        if (idle !== abort || outgoing.length === 0) end(1006, "");
      } finally {
        cancel();
        idle = null;
      }
      return news;
    };

    const rest = (ms: number): Promise<void> =>
      new Promise((resolve) => {
        const cancel = clock.after(ms, resolve);
        wake = () => (cancel(), resolve());
      });

    const run = async (): Promise<void> => {
      let wait = 0; // The first answer brings the welcome at once.
      while (live) {
        const frames = outgoing.slice(0, MOST_FRAMES);
        outgoing = outgoing.slice(MOST_FRAMES);
        const asked = clock.now();
        const news = await post(frames, frames.length > 0 ? 0 : wait);
        const pause = wait === 0 || frames.length > 0 ? 0 : asked + (news ? REST : REST_WITHOUT_NEWS) - clock.now();
        wait = WAIT;
        if (live && outgoing.length === 0 && pause > 0) await rest(pause);
      }
    };

    queueMicrotask(() => {
      if (!live) return;
      sink.opened();
      void run();
    });
    return {
      send: (frame) => {
        // The cursors in every hello are the receive acks, and there is no socket whose life needs proof.
        if (!live || frame.t === "got" || frame.t === "ping" || frame.t === "pong") return;
        outgoing.push(frame);
        idle?.abort();
        wake();
      },
      close: () => {
        live = false;
        current?.abort();
        wake();
      },
    };
  };
}

/** A refused poll says with which code a socket would have been closed. */
async function codeOf(answer: Response): Promise<[number, string]> {
  const body = (await answer.json().catch(() => ({}))) as { error?: { close?: number } };
  const wait = String(Number(answer.headers.get("retry-after") ?? "2") * 1000);
  if (body.error?.close !== undefined) return [body.error.close, wait];
  if (answer.status === 401 || answer.status === 403) return [4500, ""];
  if (answer.status === 429 || answer.status === 503) return [1013, wait];
  return [1006, String(answer.status)];
}
