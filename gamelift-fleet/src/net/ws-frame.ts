const FINAL_BINARY = 0x82;
const FINAL_PONG = 0x8a;

/** Bytes of the header of the longest frames. */
export const LONGEST_HEADER = 10;

const headerOf = (length: number): number => (length < 126 ? 2 : length < 65_536 ? 4 : LONGEST_HEADER);

/** Writes the header of an unmasked binary frame of so many bytes, right before them. Answers how many bytes it has. */
export function writeHeader(bytes: Uint8Array, payloadAt: number, length: number): number {
  const header = headerOf(length);
  const at = payloadAt - header;
  bytes[at] = FINAL_BINARY;
  if (header === 2) bytes[at + 1] = length;
  else if (header === 4) {
    bytes[at + 1] = 126;
    bytes[at + 2] = length >>> 8;
    bytes[at + 3] = length;
  } else {
    bytes[at + 1] = 127;
    bytes.fill(0, at + 2, at + 6);
    for (let byte = 0; byte < 4; byte++) bytes[at + 6 + byte] = length >>> (24 - 8 * byte);
  }
  return header;
}

/** A complete unmasked WebSocket frame around the parts, in fresh memory: it may wait in any number of socket queues. */
export function binaryFrame(...parts: readonly Uint8Array[]): Buffer {
  let length = 0;
  for (const part of parts) length += part.length;
  let at = headerOf(length);
  const frame = Buffer.allocUnsafe(at + length);
  writeHeader(frame, at, length);
  for (const part of parts) {
    frame.set(part, at);
    at += part.length;
  }
  return frame;
}

/** The answer to a ping of the WebSocket protocol, which carries at most 125 bytes. */
export function pongOf(ping: Uint8Array): Buffer {
  return Buffer.concat([Uint8Array.of(FINAL_PONG, ping.length), ping]);
}
