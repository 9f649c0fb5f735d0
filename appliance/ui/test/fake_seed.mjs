// Conversations that look like a real afternoon, so that the console can be judged full rather than empty.

const PEOPLE = [
  ["王思远", 0, "白山茶护手霜是无香型的吗?我妈妈对香味过敏", "https://shop.example.com/p/hand-cream", "白山茶护手霜"],
  ["Emma Clarke", 0, "Do you ship to Singapore? And how long would it take?", "https://shop.example.com/p/oolong", "Camellia Oolong"],
  ["李佳怡", 3, "我上周五的订单到现在还没有发货,能帮忙催一下吗", "https://shop.example.com/orders", "我的订单"],
  ["周建国", 0, "好的谢谢", "https://shop.example.com/p/oil", "冷榨山茶油 500ml"],
  ["陈雨桐", 0, "礼盒可以写贺卡吗", "https://shop.example.com/p/gift", "春日礼盒"],
  ["刘洋", 1, "收到的茶叶罐有点瘪了,可以换一个吗?我拍了照片", "https://shop.example.com/orders", "我的订单"],
  ["孙一诺", 0, "请问企业采购可以开专票吗", "https://shop.example.com/biz", "企业采购"],
  ["Noah Fischer", 0, "Thanks, that answers it.", "https://shop.example.com/faq", "FAQ"],
  ["黄梓萱", 2, "山茶油开封后要放冰箱吗", "https://shop.example.com/p/oil", "冷榨山茶油 500ml"],
  ["吴俊杰", 0, "满 199 减 20 的券怎么用不了", "https://shop.example.com/cart", "购物车"],
];
const ASK = ["请问这个有现货吗?", "大概几天能到?", "可以用优惠券吗?", "包装可以换成礼盒吗?", "好的,我再看看", "那两件一起拍有没有优惠呀"];
const ANSWER = ["您好,有现货的,今天下单今天发出。", "一般 2-3 天送达,偏远地区 4-5 天。", "可以的,结算页选择优惠券即可。", "可以,备注「礼盒」我们免费更换。", "好的,有需要随时联系我。", "两件一起立减 15 元,系统自动扣减。"];

export function seed(chat) {
  const agent = chat.agents[0];
  PEOPLE.forEach(([name, level, last, page, title], index) => {
    const visitor = { id: `seed${index}`, name, level, tags: level >= 3 ? ["VIP"] : [], lang: /[a-z]/i.test(name) ? "en" : "zh", page, title, referrer: index % 3 ? "https://www.baidu.com/s?wd=山茶油" : "", channel: "web", signed: level > 0 };
    const start = Date.now() - (PEOPLE.length - index) * 240_000;
    const talk = chat.open(visitor, start);
    const say = (kind, text, at) => chat.add(talk, { kind: "message", author: kind === "agent" ? { kind, id: agent.id, name: agent.name } : { kind, id: visitor.id, name }, text }, { at, quiet: true });
    const count = index === 3 ? 2500 : 2;
    say("visitor", ASK[index % ASK.length], start - count * 9_000);
    chat.add(talk, { kind: "queued", queue: "售前", since: start }, { at: start - count * 9_000 + 50, quiet: true });
    talk.agent = agent;
    talk.state = "等客服";
    talk.queue = level >= 3 ? "VIP专席" : "售前";
    talk.why = { rule: index % 2 ? "own_agent" : "least_busy", queue: talk.queue, home: talk.queue, load: `${index}/8`, eligible: ["a1", "a4"], eligible_count: 2, full: ["a2"], full_count: 1, waited_ms: 8000 + index * 900, vip: level >= 3 };
    chat.add(talk, { kind: "why", reasons: talk.why, agent: "a1", queue: talk.queue }, { staff: true, at: start - count * 9_000 + 900, quiet: true });
    chat.add(talk, { kind: "joined", agent: { id: "a1", name: agent.name }, state: ["人工服务", "等客服"] }, { at: start - count * 9_000 + 1000, quiet: true });
    for (let i = 0; i < count; i++) {
      say("agent", ANSWER[(index + i) % ANSWER.length], start - (count - i) * 9_000 + 3000);
      if (i < count - 1) say("visitor", ASK[(index + i + 1) % ASK.length], start - (count - i) * 9_000 + 6000);
    }
    if (index === 2) {
      chat.add(talk, { kind: "note", author: { kind: "agent", id: "a3", name: "赵敏" }, text: "仓库说周一补发,已经加急,运单号晚点给。" }, { staff: true, at: start + 20_000, quiet: true });
      chat.add(talk, { kind: "reminded", who: "agent" }, { staff: true, at: start + 30_000, quiet: true });
    }
    say("visitor", last, start + 60_000);
    if (index === 3 || index === 7) say("agent", "不客气,祝您生活愉快!", start + 90_000);
    talk.read.set("a1", index === 4 || index === 0 || index === 9 ? talk.log.length - 1 : talk.log.length);
    talk.receipts.set("visitor", { reader: "visitor", delivered: talk.log.length, read: talk.log.length - (index % 2) });
  });
  ["郑可", "Lucas Martin", "何雨欣"].forEach((name, index) => {
    const talk = chat.open({ id: `wait${index}`, name, level: index === 0 ? 4 : 0, tags: [], lang: "zh", page: "https://shop.example.com/", title: "首页", referrer: "", channel: "web", signed: index === 0 }, Date.now() - (index + 1) * 17_000);
    chat.add(talk, { kind: "message", author: { kind: "visitor", id: talk.visitor.id, name }, text: ASK[index] }, { quiet: true });
  });
}
