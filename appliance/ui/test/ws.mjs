// A WebSocket server in few lines, for development only: text frames, ping of none, no extensions.

import { createHash } from "node:crypto";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** Answer the upgrade and return {send(object), close(code, reason), onmessage, onclose}. */
export function accept(request, socket) {
  const key = createHash("sha1").update(request.headers["sec-websocket-key"] + GUID).digest("base64");
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key}\r\n\r\n`,
  );
  const peer = { onmessage() {}, onclose() {}, open: true, send, close };
  let buffer = Buffer.alloc(0);
  let parts = [];

  function write(opcode, payload) {
    if (!peer.open) return;
    const n = payload.length;
    const head =
      n < 126
        ? Buffer.from([0x80 | opcode, n])
        : n < 65536
          ? Buffer.from([0x80 | opcode, 126, n >> 8, n & 255])
          : Buffer.from([0x80 | opcode, 127, 0, 0, 0, 0, (n >>> 24) & 255, (n >> 16) & 255, (n >> 8) & 255, n & 255]);
    socket.write(Buffer.concat([head, payload]));
  }
  function send(object) {
    write(1, Buffer.from(JSON.stringify(object)));
  }
  function close(code, reason = "") {
    write(8, Buffer.concat([Buffer.from([code >> 8, code & 255]), Buffer.from(reason)]));
    end();
    socket.end();
  }
  function end() {
    if (!peer.open) return;
    peer.open = false;
    peer.onclose();
  }
  socket.on("data", (data) => {
    buffer = Buffer.concat([buffer, data]);
    for (;;) {
      if (buffer.length < 2) return;
      let n = buffer[1] & 127;
      let at = 2;
      if (n === 126) [n, at] = [buffer.length < 4 ? Infinity : buffer.readUInt16BE(2), 4];
      else if (n === 127) [n, at] = [buffer.length < 10 ? Infinity : Number(buffer.readBigUInt64BE(2)), 10];
      if (buffer.length < at + 4 + n) return;
      const mask = buffer.subarray(at, at + 4);
      const payload = Buffer.from(buffer.subarray(at + 4, at + 4 + n)).map((byte, i) => byte ^ mask[i & 3]);
      const opcode = buffer[0] & 15;
      const last = (buffer[0] & 128) !== 0;
      buffer = buffer.subarray(at + 4 + n);
      if (opcode === 8) return close(1000);
      if (opcode > 2) continue;
      parts.push(payload);
      if (!last) continue;
      const text = Buffer.concat(parts).toString();
      parts = [];
      peer.onmessage(JSON.parse(text));
    }
  });
  socket.on("close", end);
  socket.on("error", end);
  return peer;
}
