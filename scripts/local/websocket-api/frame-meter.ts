/**
 * Reads only the frame headers of a client's byte stream and reports frames whose payload is above a limit. The
 * WebSocket library bounds whole messages; the gateway bounds each frame too.
 */
export function createFrameMeter(limitBytes: number, onOversized: () => void): (chunk: Buffer) => void {
  /** Longest header: 2 bytes, 8 bytes of length, 4 bytes of mask. */
  const header = Buffer.alloc(14);
  let headerBytes = 0;
  let payloadLeft = 0;

  const headerLength = (): number => {
    if (headerBytes < 2) return 2;
    const length = header[1]! & 0x7f;
    const masked = (header[1]! & 0x80) !== 0;
    return 2 + (length === 126 ? 2 : length === 127 ? 8 : 0) + (masked ? 4 : 0);
  };

  const payloadLength = (): number => {
    const length = header[1]! & 0x7f;
    if (length === 126) return header.readUInt16BE(2);
    if (length === 127) return Number(header.readBigUInt64BE(2));
    return length;
  };

  return (chunk) => {
    let at = 0;
    while (at < chunk.length) {
      if (payloadLeft > 0) {
        const passed = Math.min(payloadLeft, chunk.length - at);
        payloadLeft -= passed;
        at += passed;
        continue;
      }
      header[headerBytes++] = chunk[at++]!;
      if (headerBytes < 2 || headerBytes < headerLength()) continue;
      payloadLeft = payloadLength();
      headerBytes = 0;
      if (payloadLeft > limitBytes) onOversized();
    }
  };
}
