import { Decoder, Encoder, schema, t } from '@colyseus/schema';
import { Packr } from 'msgpackr';
import type { Recording } from './walkers.ts';

/** One world, told tick by tick to one client. */
export interface Run {
  /** Moves the world to a tick where that is the simulation's work: not counted. */
  simulate?(tick: number): void;
  /** Finds what changed and answers the bytes that a client gets. */
  encode(tick: number): Uint8Array;
  decode(frame: Uint8Array): void;
  /** What the client knows of one: x and y in wire units, ack. */
  shown(entity: number): readonly [x: number, y: number, ack: number];
}

export interface Contender {
  readonly name: string;
  start(recording: Recording): Run;
}

type Entry = { id: number; x?: number; y?: number; ack?: number };

/** Only what changed, as an object each: what a server without a codec of its own sends. */
function changesOf({ scenario: { inView }, x, y, ack }: Recording, tick: number): { tick: number; entities: Entry[] } {
  const entities: Entry[] = [];
  for (let id = 0; id < inView; id++) {
    const at = tick * inView + id;
    const before = at - inView;
    const isFirst = tick === 0;
    const moved = isFirst || x[at] !== x[before] || y[at] !== y[before];
    const acked = isFirst || ack[at] !== ack[before];
    if (moved || acked)
      entities.push({ id, ...(moved ? { x: x[at]!, y: y[at]! } : {}), ...(acked ? { ack: ack[at]! } : {}) });
  }
  return { tick, entities };
}

function objects(name: string, write: (value: unknown) => Uint8Array, read: (frame: Uint8Array) => unknown): Contender {
  return {
    name,
    start: (recording) => {
      const known = new Map<number, { x: number; y: number; ack: number }>();
      return {
        encode: (tick) => write(changesOf(recording, tick)),
        decode: (frame) => {
          for (const { id, ...changed } of (read(frame) as { entities: Entry[] }).entities) {
            const one = known.get(id);
            if (one) Object.assign(one, changed);
            else known.set(id, { x: 0, y: 0, ack: 0, ...changed });
          }
        },
        shown: (id) => {
          const { x, y, ack } = known.get(id)!;
          return [x, y, ack];
        },
      };
    },
  };
}

const utf8 = new TextEncoder();
const text = new TextDecoder();
/** As Colyseus uses it for its messages: maps with their keys. */
const packr = new Packr({ useRecords: false });

export const pack = (value: unknown): Uint8Array => packr.pack(value);
export const unpack = (frame: Uint8Array): unknown => packr.unpack(frame);
export const toJson = (value: unknown): Uint8Array => utf8.encode(JSON.stringify(value));
export const fromJson = (frame: Uint8Array): unknown => JSON.parse(text.decode(frame));

export const json = objects('JSON', toJson, fromJson);
export const msgpack = objects('msgpackr', pack, unpack);

const Walker = schema({ x: t.uint16(), y: t.uint16(), ack: t.uint8() }, 'Walker');
const World = schema({ walkers: t.map(Walker) }, 'World');

/** The state encoder of Colyseus 0.18: a whole state, its changes to everybody alike. */
export const colyseus: Contender = {
  name: '@colyseus/schema',
  start: ({ scenario: { inView }, x, y, ack }) => {
    const world = new World();
    for (let one = 0; one < inView; one++) world.walkers.set(String(one), new Walker());
    const encoder = new Encoder(world);
    const seen = new World();
    const decoder = new Decoder(seen);
    return {
      encode: (tick) => {
        for (let one = 0; one < inView; one++) {
          const walker = world.walkers.get(String(one))!;
          const at = tick * inView + one;
          walker.x = x[at]!;
          walker.y = y[at]!;
          walker.ack = ack[at]!;
        }
        const frame = Uint8Array.from(tick === 0 ? encoder.encodeAll() : encoder.encode());
        encoder.discardChanges();
        return frame;
      },
      decode: (frame) => {
        decoder.decode(frame);
      },
      shown: (one) => {
        const walker = seen.walkers.get(String(one))!;
        return [walker.x, walker.y, walker.ack];
      },
    };
  },
};
