// A make-believe kefu behind the fake server: enough of the protocol to see and try the pages without the appliance.

let ids = 0;
const id = (prefix) => `${prefix}${(++ids).toString().padStart(4, "0")}`;

export class FakeChat {
  conversations = new Map();
  visitors = new Map();
  peers = new Set();
  acks = new Map();
  agents = [
    { id: "a1", login: "lin", name: "林晓", role: "owner", skills: [], capacity: 8, status: "ready" },
    { id: "a2", login: "chen", name: "陈立", role: "agent", skills: ["售前"], capacity: 8, status: "busy" },
    { id: "a3", login: "zhao", name: "赵敏", role: "supervisor", skills: ["售后", "VIP专席"], capacity: 5, status: "away" },
    { id: "a4", login: "olivia", name: "Olivia", role: "agent", skills: ["售前"], capacity: 6, status: "ready" },
  ];
  replies = [
    { id: "r1", shortcut: "hi", text: "您好,我是山茶小铺的客服,请问有什么可以帮您?", owner: null },
    { id: "r2", shortcut: "发货", text: "我们在下午 4 点前的订单当天发出,一般 2-3 天送达。", owner: null },
    { id: "r3", shortcut: "退换", text: "签收 7 天内、不影响二次销售都可以退换,运费由我们承担。", owner: null },
    { id: "r4", shortcut: "thanks", text: "Thank you for your patience. Is there anything else I can help with?", owner: "a1" },
  ];
  queues = ["VIP专席", "售后", "售前"];
  ahead = 2;

  open(visitor, at = Date.now()) {
    const talk = { id: id("c"), visitor, agent: null, opened_at: at, closed_at: null, log: [], receipts: new Map(), read: new Map(), state: "等待接入", queue: "售前", waiting_since: at, why: null, tags: [], rating_asked: false, form_asked: false };
    this.conversations.set(talk.id, talk);
    return talk;
  }

  add(talk, body, { staff = false, at = Date.now(), quiet = false } = {}) {
    const seq = talk.log.length + 1;
    const event = { seq, at, ...body };
    talk.log.push({ event, staff });
    if (!quiet) for (const peer of this.readers(talk)) if (!(staff && peer.visitor)) peer.send({ t: "event", conversation: talk.id, ...this.view(talk, seq, peer) });
    return seq;
  }

  view(talk, seq, peer) {
    const entry = talk.log[seq - 1];
    let prev = seq - 1;
    while (peer.visitor && prev > 0 && talk.log[prev - 1].staff) prev--;
    const recalled = talk.log.some((one) => one.event.kind === "recalled" && one.event.target === seq);
    const hidden = recalled ? { text: "", recalled: true } : {};
    return { ...entry.event, ...hidden, prev };
  }

  visible(talk, peer) {
    return talk.log.filter((one) => !(peer.visitor && one.staff)).map((one) => one.event.seq);
  }

  readers(talk) {
    return [...this.peers].filter((peer) => (peer.visitor ? peer.visitor.id === talk.visitor.id : talk.agent?.id === peer.agent.id));
  }

  card(talk, peer) {
    const seqs = this.visible(talk, peer);
    const mine = talk.read.get(peer.visitor ? "visitor" : peer.agent.id) ?? 0;
    const other = peer.visitor ? "agent" : "visitor";
    const messages = talk.log.filter((one) => one.event.kind === "message").map((one) => one.event);
    const last = messages.at(-1);
    const card = {
      id: talk.id, agent: talk.agent && { id: talk.agent.id, name: talk.agent.name }, opened_at: talk.opened_at, closed_at: talk.closed_at,
      head: seqs.at(-1) ?? 0, unread: messages.filter((m) => m.author.kind === other && m.seq > mine).length,
      receipts: [...talk.receipts.values()], last: last ? { seq: last.seq, at: last.at, kind: "message", text: last.text } : null,
      rating_asked: talk.rating_asked, form_asked: talk.form_asked, menu: "",
    };
    if (peer.visitor) return card;
    const waiting = last?.author.kind === "visitor" ? last.at : null;
    return { ...card, visitor: talk.visitor, state: talk.state, queue: talk.queue, waiting_since: waiting, why: talk.why, tags: talk.tags };
  }

  desk() {
    const waiting = [...this.conversations.values()].filter((talk) => !talk.agent && !talk.closed_at);
    return {
      queues: this.queues.map((name) => ({ name, length: waiting.filter((t) => t.queue === name).length, oldest_since: waiting[0]?.opened_at ?? null, ready: 1 })),
      waiting: waiting.map((talk, i) => ({ conversation: talk.id, queue: talk.queue, position: i + 1, since: talk.opened_at, vip: talk.visitor.level >= 3, visitor: talk.visitor.name, asking: true })),
      agents: this.agents.map((a) => ({ id: a.id, name: a.name, role: a.role, status: a.status, shown: a.id === "a3" ? "offline" : a.status, held: [...this.conversations.values()].filter((t) => t.agent?.id === a.id && !t.closed_at).length, capacity: a.capacity })),
    };
  }

  tellDesk() {
    for (const peer of this.peers) if (peer.agent) peer.send({ t: "desk", ...this.desk() });
  }

  receive(peer, frame) {
    switch (frame.t) {
      case "hello": return this.hello(peer, frame);
      case "send": return this.send(peer, frame);
      case "do": return this.act(peer, frame);
      case "ping": return peer.send({ t: "pong", n: frame.n });
      case "presence":
        peer.agent.status = frame.status;
        peer.send({ t: "presence", status: frame.status });
        return this.tellDesk();
      case "read": case "got": {
        const cursors = frame.t === "got" ? frame.cursors : { [frame.conversation]: frame.seq };
        for (const [cid, seq] of Object.entries(cursors)) this.receipt(peer, cid, seq, frame.t === "read");
        return;
      }
      case "typing": {
        const talk = this.conversations.get(frame.conversation);
        for (const other of talk ? this.readers(talk) : []) {
          if (Boolean(other.visitor) === Boolean(peer.visitor)) continue;
          other.send({ t: "typing", conversation: talk.id, who: peer.visitor ? "visitor" : peer.agent.id, name: (peer.visitor ?? peer.agent).name, on: frame.on, ...(peer.visitor ? { text: frame.text } : {}) });
        }
        return;
      }
      case "sync": {
        const talk = this.conversations.get(frame.conversation);
        const all = this.visible(talk, peer).filter((seq) => seq > frame.after && seq < (frame.before ?? Infinity));
        const limit = frame.limit ?? 500;
        const seqs = frame.before ? all.slice(-limit) : all.slice(0, limit);
        return peer.send({ t: "events", conversation: talk.id, events: seqs.map((seq) => this.view(talk, seq, peer)), after: frame.after, head: this.visible(talk, peer).at(-1) ?? 0 });
      }
    }
  }

  hello(peer, frame) {
    if (peer.role === "visitor") {
      const known = this.visitors.get(frame.token);
      peer.visitor = known ?? { id: id("v"), name: "", level: 0, tags: [], lang: frame.lang, page: frame.page?.url, title: frame.page?.title, referrer: frame.page?.referrer, channel: "web", signed: false };
      peer.token = frame.token ?? `token-${peer.visitor.id}`;
      this.visitors.set(peer.token, peer.visitor);
    } else peer.agent = this.agents[0];
    this.peers.add(peer);
    const mine = [...this.conversations.values()].filter((t) => (peer.visitor ? t.visitor.id === peer.visitor.id : t.agent?.id === peer.agent.id && !t.closed_at));
    const zh = frame.lang === "zh";
    const base = { t: "welcome", session: id("s"), epoch: "fake", now: Date.now(), limits: { message_bytes: 8192, outbox: 32 }, site: { name: zh ? "山茶小铺" : "Camellia Goods" }, conversations: mine.map((talk) => this.card(talk, peer)) };
    if (peer.visitor) {
      const greeting = zh ? { say: "您好,欢迎光临山茶小铺。想了解商品、订单,还是退换货?", menu: ["买前咨询", "订单与物流", "退换货"] } : { say: "Hello and welcome to Camellia Goods. How can we help today?", menu: ["Before I buy", "My order", "Returns"] };
      peer.send({ ...base, token: peer.token, you: { id: peer.visitor.id, name: "", role: "visitor" }, greeting });
    } else peer.send({ ...base, you: { id: peer.agent.id, name: peer.agent.name, role: peer.agent.role }, presence: peer.agent.status, desk: this.desk(), replies: this.replies });
    for (const talk of mine) {
      const seqs = this.visible(talk, peer).filter((seq) => seq > (frame.cursors[talk.id] ?? 0)).slice(-100);
      if (seqs.length) peer.send({ t: "events", conversation: talk.id, events: seqs.map((seq) => this.view(talk, seq, peer)), after: frame.cursors[talk.id] ?? 0, head: seqs.at(-1) });
    }
  }

  send(peer, frame) {
    const known = this.acks.get(frame.cid);
    if (known) return peer.send(known);
    if (Buffer.byteLength(frame.text) > 8192) return peer.send({ t: "refused", cid: frame.cid, code: "too_long", zh: "消息超过 8 KiB,请分几条发送", en: "The message is over 8 KiB. Please send it in parts." });
    let talk = frame.conversation ? this.conversations.get(frame.conversation) : [...this.conversations.values()].find((t) => t.visitor.id === peer.visitor.id && !t.closed_at);
    if (talk?.closed_at) return peer.send({ t: "refused", cid: frame.cid, code: "closed", zh: "会话已结束", en: "Conversation ended" });
    if (!talk) {
      talk = this.open(peer.visitor);
      for (const one of this.readers(talk)) one.send({ t: "joined", conversation: this.card(talk, one) });
      this.arrive(talk);
    }
    const author = peer.visitor ? { kind: "visitor", id: peer.visitor.id, name: peer.visitor.name } : { kind: "agent", id: peer.agent.id, name: peer.agent.name };
    const seq = this.add(talk, { kind: frame.note ? "note" : "message", author, text: frame.text, cid: frame.cid }, { staff: frame.note });
    const ack = { t: "ack", cid: frame.cid, conversation: talk.id, seq, at: Date.now() };
    this.acks.set(frame.cid, ack);
    peer.send(ack);
    if (peer.visitor && /留言|offline/i.test(frame.text)) {
      talk.form_asked = true;
      this.add(talk, { kind: "message", author: { kind: "system", id: "", name: "" }, text: "现在是休息时间,请留下联系方式,我们上班后第一时间回复您。" });
      this.add(talk, { kind: "form_asked" });
    }
  }

  arrive(talk) {
    const place = (position) => { for (const peer of this.readers(talk)) if (peer.visitor) peer.send({ t: "queue", conversation: talk.id, position, length: 6, wait: position * 45_000 }); };
    setTimeout(() => this.add(talk, { kind: "queued", queue: talk.queue, since: talk.opened_at }), 30);
    for (let i = 0; i <= this.ahead; i++) setTimeout(() => !talk.agent && place(this.ahead + 1 - i), 300 + i * 1500);
    setTimeout(() => this.assign(talk, this.agents[0]), 1000 + this.ahead * 1500);
    this.tellDesk();
  }

  assign(talk, agent) {
    if (talk.agent || talk.closed_at || talk.form_asked) return;
    talk.agent = agent;
    talk.state = "等客服";
    talk.why = { rule: "least_busy", queue: talk.queue, home: talk.queue, load: "2/8", eligible: ["a1", "a4"], eligible_count: 2, full: ["a2"], full_count: 1, waited_ms: Date.now() - talk.opened_at, vip: false };
    for (const peer of this.readers(talk)) if (peer.agent) peer.send({ t: "joined", conversation: this.card(talk, peer) });
    this.add(talk, { kind: "why", reasons: talk.why, agent: agent.id, queue: talk.queue }, { staff: true });
    this.add(talk, { kind: "joined", agent: { id: agent.id, name: agent.name }, state: ["人工服务", "等客服"] });
    this.tellDesk();
  }

  act(peer, frame) {
    const talk = this.conversations.get(frame.conversation);
    const known = this.acks.get(frame.cid);
    if (known) return peer.send(known);
    if (!talk || talk.closed_at) return peer.send({ t: "refused", cid: frame.cid, code: "closed", zh: "会话已结束", en: "Conversation ended" });
    if (frame.act === "recall") this.add(talk, { kind: "recalled", target: frame.seq });
    if (frame.act === "close" || frame.act === "end") {
      this.add(talk, { kind: "ended", by: peer.visitor ? "visitor" : "agent" });
      if (talk.agent) this.add(talk, { kind: "released", agent: { id: talk.agent.id, name: talk.agent.name } });
      talk.rating_asked = true;
      this.add(talk, { kind: "rating_asked", state: ["评价"] });
    }
    if (frame.act === "rate") {
      talk.rating_asked = false;
      talk.closed_at = Date.now();
      this.add(talk, { kind: "rated", score: frame.score, comment: frame.comment ?? "" });
      this.add(talk, { kind: "closed" });
      for (const one of this.readers(talk)) if (one.agent) one.send({ t: "left", conversation: talk.id });
    }
    if (frame.act === "form") { talk.form_asked = false; this.add(talk, { kind: "form", fields: frame.fields }); }
    if (frame.act === "tag") { talk.tags = frame.tags; this.add(talk, { kind: "tagged", tags: frame.tags }, { staff: true }); }
    if (frame.act === "take") this.assign(talk, peer.agent);
    if (frame.act === "transfer") {
      this.add(talk, { kind: "transferred", by: peer.agent.name, to_agent: frame.to_agent, to_queue: frame.to_queue, note: frame.note ?? "" }, { staff: true });
      for (const one of this.readers(talk)) if (one.agent) one.send({ t: "left", conversation: talk.id });
      talk.agent = this.agents.find((a) => a.id === frame.to_agent) ?? null;
      this.add(talk, { kind: "joined", agent: { id: talk.agent?.id ?? "", name: talk.agent?.name ?? "" } });
    }
    const ack = { t: "ack", cid: frame.cid, conversation: talk.id, seq: talk.log.length, at: Date.now() };
    this.acks.set(frame.cid, ack);
    peer.send(ack);
  }

  receipt(peer, conversation, seq, read) {
    const talk = this.conversations.get(conversation);
    if (!talk) return;
    const reader = peer.visitor ? "visitor" : peer.agent.id;
    const was = talk.receipts.get(reader) ?? { reader, delivered: 0, read: 0 };
    const now = { reader, delivered: Math.max(was.delivered, seq), read: Math.max(was.read, read ? seq : 0) };
    talk.receipts.set(reader, now);
    talk.read.set(reader, Math.max(talk.read.get(reader) ?? 0, now.read));
    for (const one of this.readers(talk)) if (one !== peer) one.send({ t: "receipts", conversation, ...now });
  }
}
