// Client ids.  UUIDv7 sorts by time of making, so an outbox read back from storage keeps its order.

let lastMs = 0;
let counter = 0;

/** A UUIDv7 of `now` (ms UTC).  Ids made in the same millisecond still sort in the order they were made. */
export function uuid7(now: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  if (now > lastMs) {
    lastMs = now;
    counter = ((bytes[6]! & 0x07) << 8) | bytes[7]!; // Half of the 12-bit range is left to count up in.
  } else if (++counter > 0xfff) {
    lastMs += 1;
    counter = 0;
  }
  for (let i = 0, rest = lastMs; i < 6; i++) {
    bytes[5 - i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  bytes[6] = 0x70 | (counter >> 8);
  bytes[7] = counter & 0xff;
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
