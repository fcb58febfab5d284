import { SCHEMA_FINGERPRINT } from '#fleet/protocol/generated-codec.ts';
import { type ClientMessage, clientFrames } from '#fleet/protocol/messages.ts';
import { METRES_PER_UNIT, PROTOCOL_VERSION } from '#shared/contract/zone-protocol.ts';
import { COLYSEUS_INPUT } from './colyseus-input.ts';
import type { ServerName } from './scenario.ts';

const MASKED = 0x80;
const FINAL_BINARY = 0x82;
/** A mask of zeros leaves the payload as it is, and costs the server as much as any. */
const MASK_BYTES = 4;

/** A client's WebSocket frame around at most 125 bytes. */
export function maskedFrame(payload: Uint8Array): Buffer {
  if (payload.length > 125) throw new RangeError('a longer frame than the bench needs');
  const frame = Buffer.alloc(2 + MASK_BYTES + payload.length);
  frame[0] = FINAL_BINARY;
  frame[1] = MASKED | payload.length;
  frame.set(payload, 2 + MASK_BYTES);
  return frame;
}

/** What a client says of itself. */
export interface Claim {
  readonly seq: number;
  readonly seenTick: number;
  readonly x: number;
  readonly y: number;
}

/** How one kind of server is spoken with. */
export interface Dialect {
  /** Sent when the upgrade is done. */
  greeting(player: number): Buffer | undefined;
  /** Whether a frame with these first payload bytes is a tick's; how many bytes it takes to know its number. */
  isTick(id: number): boolean;
  /** What to answer to a frame, if anything. */
  answer(id: number): Buffer | undefined;
  move(claim: Claim): Buffer;
  /** Says only what was seen. */
  seen(claim: Claim): Buffer;
}

const zoneMessage = (message: ClientMessage): Buffer => maskedFrame(clientFrames.encode(message));
/** Inputs that name another correction than the last do not move the body. */
const NO_CORRECTION = 0;
const ANOTHER_CORRECTION = 1;

const zone: Dialect = {
  greeting: (player) =>
    zoneMessage({
      name: 'hello',
      fields: { version: PROTOCOL_VERSION, schema: SCHEMA_FINGERPRINT, ticket: String(player) },
    }),
  isTick: (id) => id === 0x81,
  answer: () => undefined,
  move: (claim) => zoneMessage({ name: 'input', fields: { ...claim, correction: NO_CORRECTION, yaw: 0 } }),
  seen: (claim) => zoneMessage({ name: 'input', fields: { ...claim, correction: ANOTHER_CORRECTION, yaw: 0 } }),
};

export const strike = (actionSeq: number, target: number, seenTick: number): Buffer =>
  zoneMessage({ name: 'action', fields: { actionSeq: actionSeq & 0xffff, ability: 0, target, seenTick, view: 0 } });

export const say = (text: string): Buffer => zoneMessage({ name: 'cold', fields: { type: 'chat', text } });

export const leave = (): Buffer => zoneMessage({ name: 'leave', fields: {} });

const JOIN_ROOM = 10;
const ROOM_STATE_PATCH = 15;
const ROOM_DATA_BYTES = 17;

function colyseusInput({ seq, seenTick, x, y }: Claim, withPlace: boolean): Buffer {
  const payload = Buffer.alloc(withPlace ? 14 : 10);
  payload[0] = ROOM_DATA_BYTES;
  payload[1] = COLYSEUS_INPUT;
  payload.writeUInt32LE(seq, 2);
  payload.writeUInt32LE(seenTick, 6);
  if (withPlace) {
    payload.writeUInt16LE(Math.round(x / METRES_PER_UNIT), 10);
    payload.writeUInt16LE(Math.round(y / METRES_PER_UNIT), 12);
  }
  return maskedFrame(payload);
}

const colyseus: Dialect = {
  greeting: () => undefined,
  isTick: (id) => id === ROOM_STATE_PATCH,
  answer: (id) => (id === JOIN_ROOM ? maskedFrame(Uint8Array.of(JOIN_ROOM)) : undefined),
  move: (claim) => colyseusInput(claim, true),
  seen: (claim) => colyseusInput(claim, false),
};

const raw: Dialect = { ...colyseus, isTick: () => true, answer: () => undefined };

export const dialects: Readonly<Record<ServerName, Dialect>> = {
  zone,
  'colyseus view': colyseus,
  'colyseus whole': colyseus,
  'raw writes': raw,
  'handle writes': raw,
  'gateway workers': zone,
};
