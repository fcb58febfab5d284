import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { type WebSocket, WebSocketServer } from 'ws';
import { FramePort } from '#fleet/src/net/frame-port.ts';
import { readFrames } from '#fleet/src/net/frame-reader.ts';
import { InboundLimit } from '#fleet/src/net/inbound-limit.ts';
import { closeCodes, MAX_CLIENT_FRAME_BYTES } from '#shared/contract/zone-protocol.ts';
import {
  CLOSE,
  FRAME,
  type FromGatewayWorker,
  type GatewayWorkerData,
  GONE,
  MESSAGE,
  NUMBER_BITS,
  TICK_END,
  type ToGatewayWorker,
  WAKE_BY,
  WRITE,
} from './gateway-link.ts';
import { nowUs } from './now-us.ts';
import { RingReader, RingWriter } from './shared-ring.ts';
import { onWake } from './wake-up.ts';

const BACKLOG = 4_096;

const { outbound, inbound, port, isShared } = workerData as GatewayWorkerData;
const say = (message: FromGatewayWorker) => parentPort!.postMessage(message);
const toSockets = new RingReader(outbound);
const fromSockets = new RingWriter(inbound);
const clients = new Map<number, FramePort>();
/** Gone, but the ring was too full to say so. */
const unsaid = new Set<number>();
let newest = 0;
let lostMessages = 0;
let lastWriteUs: (readonly [tick: number, us: number])[] = [];

function sayGone(number: number): void {
  if (!fromSockets.put(GONE, number, 0)) unsaid.add(number);
  fromSockets.publish();
}

function accept(client: WebSocket): void {
  newest = (newest + 1) & NUMBER_BITS;
  const number = newest;
  const limit = new InboundLimit();
  const port = new FramePort(client);
  clients.set(number, port);
  const received = (message: Uint8Array | undefined) => {
    const verdict = message ? limit.judge(message.length, performance.now()) : 'close';
    if (verdict === 'close') port.close(closeCodes.flooding, 'flooding');
    // Nobody is woken: what clients say is taken at the beginning of the next tick, whenever it comes.
    else if (verdict === 'take' && !fromSockets.putBytes(MESSAGE, number, message!)) lostMessages += 1;
    else fromSockets.publish();
  };
  readFrames(client, received);
  client.on('message', (data, isBinary) => received(isBinary ? (data as Buffer) : undefined));
  client.on('close', () => {
    clients.delete(number);
    sayGone(number);
  });
  client.on('error', () => {});
}

/** Of the tick that is being taken out. */
const frames: Buffer[] = [];

function take(kind: number, low: number, word: number, bytes: Buffer | undefined): void {
  if (kind === WRITE) clients.get(low)?.write(frames[word]!);
  else if (kind === FRAME) frames[word] = bytes!;
  else if (kind === CLOSE) clients.get(low)?.close(word, '');
  else if (kind === TICK_END) {
    lastWriteUs.push([low, (nowUs() - word) >>> 0]);
    frames.length = 0;
  }
}

function follow(): void {
  toSockets.drain(take);
  for (const number of unsaid) {
    if (!fromSockets.put(GONE, number, 0)) break;
    unsaid.delete(number);
  }
  fromSockets.publish();
}

let before = { cpu: process.threadCpuUsage(), lostMessages };
parentPort!.on('message', (message: ToGatewayWorker) => {
  if (message === 'begin') {
    lastWriteUs = [];
    before = { cpu: process.threadCpuUsage(), lostMessages };
    say({ kind: 'begun' });
  } else if (message === 'end') {
    const { user, system } = process.threadCpuUsage(before.cpu);
    say({
      kind: 'measured',
      cpuMs: (user + system) / 1_000,
      clients: clients.size,
      lastWriteUs,
      lostMessages: lostMessages - before.lostMessages,
    });
  }
});

const http = createServer();
const sockets = new WebSocketServer({
  noServer: true,
  maxPayload: MAX_CLIENT_FRAME_BYTES,
  perMessageDeflate: false,
  autoPong: false,
  skipUTF8Validation: true,
});
http.on('upgrade', (request, socket, head) => {
  socket.on('error', () => {});
  sockets.handleUpgrade(request, socket, head, accept);
});
http.listen({ port, host: '127.0.0.1', backlog: BACKLOG, reusePort: isShared }, () => {
  say({ kind: 'listening', port: (http.address() as AddressInfo).port });
});
onWake(WAKE_BY, toSockets.head, follow);
