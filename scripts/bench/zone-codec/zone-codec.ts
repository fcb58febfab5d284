import { clientFrames } from '#fleet/protocol/messages.ts';
import { TICK_HZ } from '#shared/contract/zone-protocol.ts';
import { median, table } from '../report.ts';
import { type Contender, colyseus, fromJson, json, msgpack, pack, toJson, unpack } from './contenders.ts';
import { ours } from './ours.ts';
import { type Recording, record, type Scenario } from './walkers.ts';

const scenarios: readonly Scenario[] = [
  { name: '31 in view, all walk', inView: 31, walking: 31, inputsPerSecond: 0 },
  { name: '31 in view, all walk, 10 inputs/s each', inView: 31, walking: 31, inputsPerSecond: 10 },
  { name: '31 in view, 4 walk', inView: 31, walking: 4, inputsPerSecond: 0 },
  { name: '300 in view, all walk', inView: 300, walking: 300, inputsPerSecond: 0 },
];
const contenders: readonly Contender[] = [ours, colyseus, msgpack, json];
const TICKS = 1_000;
const ROUNDS = 7;
const WARM_UPS = 3;
const SEED = 2077;
/** Of a frame from the server, by its length. */
const headerBytes = (length: number): number => (length < 126 ? 2 : length < 65_536 ? 4 : 10);

/** Processor time, which others on the machine disturb less than the time that passes. */
function cpuNsSince(began: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(began);
  return (user + system) * 1_000;
}

interface Figures {
  readonly encodeNs: number[];
  readonly decodeNs: number[];
  bytes: number;
}

/** Bytes and processor time per entity update of one view, and of a client's input: ours beside what peers use, round by round in turn. */
export async function zoneCodec(): Promise<void> {
  for (const scenario of scenarios) frames(record(scenario, TICKS, SEED));
  inputs();
}

function frames(recording: Recording): void {
  const figures = new Map(contenders.map(({ name }) => [name, { encodeNs: [], decodeNs: [], bytes: 0 } as Figures]));
  for (let round = 1 - WARM_UPS; round <= ROUNDS; round++)
    for (const contender of contenders)
      play(contender, recording, round <= 0 ? undefined : figures.get(contender.name)!);
  const { scenario, updates } = recording;
  const sent = TICKS - 1;
  console.log(
    `\n${scenario.name}: ${(updates / sent).toFixed(1)} updates a tick (${ROUNDS} interleaved rounds of ${sent} ticks)`,
  );
  const head = ['codec', 'bytes/update', 'bytes/s per client', 'encode CPU ns/update', 'decode CPU ns/update'];
  const rows = [...figures].map(([name, { bytes, encodeNs, decodeNs }]) => [
    name,
    (bytes / updates).toFixed(2),
    ((bytes / sent) * TICK_HZ).toFixed(0),
    (median(encodeNs) / updates).toFixed(0),
    (median(decodeNs) / updates).toFixed(0),
  ]);
  console.log(table(head, rows));
}

/** @throws Error when the client does not know in the end what the server does. */
function play(contender: Contender, recording: Recording, figures: Figures | undefined): void {
  const run = contender.start(recording);
  run.simulate?.(0);
  run.decode(run.encode(0));
  const sent: Uint8Array[] = [];
  let began = process.cpuUsage();
  for (let tick = 1; tick < TICKS; tick++) {
    run.simulate?.(tick);
    sent.push(run.encode(tick));
  }
  const encodeNs = cpuNsSince(began) - simulationNs(contender, recording);
  began = process.cpuUsage();
  for (const frame of sent) run.decode(frame);
  const decodeNs = cpuNsSince(began);
  const { scenario, x, y, ack } = recording;
  for (let one = 0; one < scenario.inView; one++) {
    const at = (TICKS - 1) * scenario.inView + one;
    if (run.shown(one).join() !== [x[at], y[at], ack[at]].join())
      throw new Error(`${contender.name} shows ${run.shown(one)} instead of ${[x[at], y[at], ack[at]]}`);
  }
  if (!figures) return;
  figures.encodeNs.push(encodeNs);
  figures.decodeNs.push(decodeNs);
  figures.bytes = sent.reduce((sum, { length }) => sum + length + headerBytes(length), 0);
}

function simulationNs(contender: Contender, recording: Recording): number {
  const { simulate } = contender.start(recording);
  if (!simulate) return 0;
  const began = process.cpuUsage();
  for (let tick = 1; tick < TICKS; tick++) simulate(tick);
  return cpuNsSince(began);
}

const INPUTS = 50_000;

/** What the server does with each input of each client. */
function inputs(): void {
  const fieldsOf = (seq: number) => ({ seq, seenTick: seq + 70_000, correction: 3, x: seq % 4_000, y: 12.5, yaw: 0 });
  const codecs: Record<string, { encode(seq: number): Uint8Array; decode(frame: Uint8Array): { seq: number } }> = {
    'zone codec': {
      encode: (seq) => clientFrames.encode({ name: 'input', fields: fieldsOf(seq) }),
      decode: (frame) => {
        const message = clientFrames.decode(frame);
        if (message.name !== 'input') throw new Error('not an input');
        return message.fields;
      },
    },
    msgpackr: { encode: (seq) => pack(fieldsOf(seq)), decode: (frame) => unpack(frame) as { seq: number } },
    JSON: { encode: (seq) => toJson(fieldsOf(seq)), decode: (frame) => fromJson(frame) as { seq: number } },
  };
  const figures = Object.entries(codecs).map(([name, codec]) => ({
    name,
    codec,
    encodeNs: [0],
    decodeNs: [0],
    bytes: 0,
  }));
  for (let round = 0; round <= ROUNDS; round++) {
    for (const one of figures) {
      let began = process.cpuUsage();
      const sent = Array.from({ length: INPUTS }, (_, seq) => one.codec.encode(seq));
      const encodeNs = cpuNsSince(began);
      began = process.cpuUsage();
      let sum = 0;
      for (const frame of sent) sum += one.codec.decode(frame).seq;
      const decodeNs = cpuNsSince(began);
      if (sum !== (INPUTS * (INPUTS - 1)) / 2) throw new Error(`${one.name} reads other inputs than were written`);
      one.encodeNs[round] = encodeNs / INPUTS;
      one.decodeNs[round] = decodeNs / INPUTS;
      one.bytes = sent.reduce((all, { length }) => all + length, 0) / INPUTS;
    }
  }
  console.log(`\nOne input of a client (${ROUNDS} interleaved rounds of ${INPUTS})`);
  const rows = figures.map(({ name, bytes, encodeNs, decodeNs }) => [
    name,
    bytes.toFixed(1),
    median(encodeNs.slice(1)).toFixed(0),
    median(decodeNs.slice(1)).toFixed(0),
  ]);
  console.log(table(['codec', 'bytes', 'encode CPU ns', 'decode CPU ns'], rows));
}
