// `node test/fake_server.mjs [port]`: serves dist/ and plays the server, for looking at the pages.  Development only; the
// appliance itself is never involved.  SEED=1 fills the console.

import { createServer } from "node:http";
import { existsSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { FakeChat } from "./fake_chat.mjs";
import { seed } from "./fake_seed.mjs";
import { accept } from "./ws.mjs";

const dist = fileURLToPath(new URL("../dist/", import.meta.url));
const port = Number(process.argv[2] ?? 8099);
const TYPES = { ".js": "text/javascript", ".css": "text/css", ".html": "text/html", ".svg": "image/svg+xml", ".json": "application/json" };
const CSP = "default-src 'self'; style-src 'self'; script-src 'self'; connect-src 'self' ws:; base-uri 'none'";
const TRUSTED = `${CSP}; require-trusted-types-for 'script'; trusted-types lit-html`;
// A page under trusted types embeds the widget by a plain script element: the snippet sets `src` from a string.
const STRICT = "<!doctype html><title>strict</title><script src='/widget.js'></script><script src='/strict.js' defer></script><h1>strict</h1>";
const chat = new FakeChat();
if (process.env.SEED) seed(chat);
let signedIn = Boolean(process.env.SIGNED_IN);

const server = createServer(async (request, response) => {
  const { pathname: path } = new URL(request.url, "http://x");
  const json = (status, body) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  };
  if (path.startsWith("/api/")) {
    let text = "";
    for await (const part of request) text += part;
    const body = text ? JSON.parse(text) : {};
    return api(request.method, path, body, json);
  }
  if (path === "/strict" || path === "/strict.js") {
    const script = path === "/strict.js";
    response.writeHead(200, { "content-type": script ? "text/javascript" : "text/html", "content-security-policy": TRUSTED });
    return response.end(script ? "kefu('boot', {lang: 'en', open: true})" : STRICT);
  }
  const pages = { "/demo": "demo.html", "/console": "console.html", "/widget.js": "widget.js" };
  const name = pages[path] ?? path.replace(/^\/assets\//, "");
  const file = join(dist, name);
  if (!existsSync(file) || !file.startsWith(dist)) return json(404, {});
  response.writeHead(200, { "content-type": `${TYPES[extname(file)] ?? "text/plain"}; charset=utf-8`, "content-security-policy": path === "/console" ? TRUSTED : CSP });
  response.end(readFileSync(file));
});

function api(method, path, body, json) {
  const me = chat.agents[0];
  if (path === "/api/login") {
    if (body.password !== "camellia") return json(401, { error: { code: "auth", zh: "账号或密码不正确", en: "Wrong login or password" } });
    signedIn = true;
    return json(200, { agent: me });
  }
  if (path === "/api/invitation") return (signedIn = true), json(200, { agent: me });
  if (!signedIn) return json(401, { error: { code: "auth", zh: "请先登录", en: "Sign in first" } });
  if (path === "/api/logout") return (signedIn = false), json(200, {});
  if (path === "/api/me") return json(200, { agent: me });
  if (path === "/api/agents" && method === "GET") return json(200, { agents: chat.agents });
  if (path === "/api/agents") {
    chat.agents.push({ id: `a${chat.agents.length + 1}`, status: "away", ...body });
    return json(200, { agent: chat.agents.at(-1), invite: `http://127.0.0.1:${port}/console#invite=wJ3xQ0secret` });
  }
  if (path.startsWith("/api/agents/")) return Object.assign(chat.agents.find((a) => path.endsWith(`/${a.id}`)), body), json(200, { agent: me });
  if (path === "/api/replies" && method === "POST") return chat.replies.push({ id: `r${Date.now()}`, owner: null, ...body }), json(200, { reply: chat.replies.at(-1) });
  if (path.startsWith("/api/replies/")) return (chat.replies = chat.replies.filter((r) => !path.endsWith(`/${r.id}`))), json(200, {});
  if (path === "/api/replies") return json(200, { replies: chat.replies });
  if (path === "/api/queues") return json(200, { queues: chat.queues });
  if (path === "/api/site") return json(200, { name: "山茶小铺" });
  if (path === "/api/conversations") return json(200, { conversations: [...chat.conversations.values()].map(({ id, visitor, opened_at, closed_at }) => ({ conversation: id, visitor, opened_at, closed_at })) });
  if (path.startsWith("/api/conversations/")) return json(200, { conversation: chat.card(chat.conversations.get(path.split("/").at(-1)), { agent: me }) });
  return json(404, {});
}

server.on("upgrade", (request, socket) => {
  const role = request.url.startsWith("/ws/agent") ? "agent" : "visitor";
  if (role === "agent" && !signedIn) return socket.end("HTTP/1.1 401 Unauthorized\r\n\r\n");
  const peer = accept(request, socket);
  peer.role = role;
  peer.onmessage = (frame) => chat.receive(peer, frame);
  peer.onclose = () => chat.peers.delete(peer);
  setInterval(() => peer.send({ t: "ping", n: 1 }), 25_000).unref();
});
server.listen(port, "127.0.0.1", () => console.log(`http://127.0.0.1:${port}/demo  /console (lin, camellia)`));
