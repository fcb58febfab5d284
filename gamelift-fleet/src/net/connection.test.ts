import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clientBinary, resumeArbitrary } from '#fleet/protocol/arbitraries.ts';
import { MalformedFrame } from '#fleet/protocol/bytes.ts';
import { type MarkedFrame, markedFrame, mutate } from '#fleet/protocol/fuzz-grammar.ts';
import { type ClientMessage, clientFrames, greeting, isForeignHello, serverFrames } from '#fleet/protocol/messages.ts';
import { fixtureCharacter, fixtureZone } from '#fleet/testing/fixture-zone.ts';
import { startZone, unframe } from '#fleet/testing/zone-harness.ts';
import { clientMessages } from '#shared/contract/zone-messages.ts';
import { type CloseReason, closeCodes } from '#shared/contract/zone-protocol.ts';
import { AdmissionRefused } from '../persist/character-ports.ts';
import { SeededRandom } from '../sim/random.ts';
import type { SimInput } from '../sim/simulation.ts';
import { Connection, type Gate } from './connection.ts';
import { InboundLimit, inboundLimits } from './inbound-limit.ts';
import { LineKeys } from './side-lines.ts';

const ada = fixtureCharacter('Ada');
const hello = clientFrames.encode(greeting('good'));

/** An endless supply of frames with one to three things wrong with them. */
function mutatedFrames(seed: number): () => Uint8Array {
  const corpus: MarkedFrame[] = fc
    .sample(clientBinary, { seed, numRuns: 1_000 })
    .map(({ name, fields }) => markedFrame(clientMessages[name], fields as unknown as Record<string, unknown>));
  const dice = new SeededRandom(seed);
  const any = () => corpus[dice.int(0, corpus.length - 1)]!;
  return () => mutate(any(), dice, any());
}

/** What a frame says by the codec alone. */
function read(frame: Uint8Array): ClientMessage | undefined {
  try {
    return clientFrames.decode(frame);
  } catch (error) {
    if (error instanceof MalformedFrame) return undefined;
    throw error;
  }
}

/** Rejections that nobody handles while this runs. */
async function unhandledDuring(run: () => Promise<void>): Promise<unknown[]> {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  process.on('unhandledRejection', note);
  await run();
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', note);
  return unhandled;
}

async function connect() {
  const inputs: SimInput[] = [];
  const started = await startZone({
    definition: fixtureZone([]),
    record: (_tick, taken) => inputs.splice(0, inputs.length, ...taken),
  });
  const time = { nowMs: 0 };
  const faults: unknown[] = [];
  let admissions = 0;
  const gate: Gate = async (ticket) => {
    admissions += 1;
    if (ticket !== 'good') throw new AdmissionRefused('ticket_invalid');
    return { zone: started.zone, character: ada };
  };
  const keys = new LineKeys();
  const another = () => {
    const closes: CloseReason[] = [];
    const connection = new Connection({
      gate,
      keys,
      nowMs: () => time.nowMs,
      report: (_reason, cause) => cause !== undefined && faults.push(cause),
      transport: { write: () => {}, close: (_code, reason) => closes.push(reason as CloseReason) },
    });
    return { connection, closes };
  };
  /** A connection whose body is in the zone. */
  const admitted = async () => {
    const one = another();
    one.connection.received(hello);
    await Promise.resolve();
    await Promise.resolve();
    started.zone.tick();
    return one;
  };
  return { ...started, ...another(), another, admitted, inputs, time, faults, admissions: () => admissions };
}

describe('a connection', () => {
  it('survives 180,000 mutated frames instead of a hello: a reason each, and no effect', async () => {
    const world = await connect();
    const next = mutatedFrames(11);
    const before = world.zone.sim.stateHash();
    const ends = new Map<CloseReason, number>();
    let asked = 0;
    let keys = 0;
    const unhandled = await unhandledDuring(async () => {
      for (let i = 0; i < 180_000; i++) {
        const frame = next();
        const { connection, closes } = world.another();
        connection.received(frame);
        const message = read(frame);
        if (message?.name === 'hello' && !isForeignHello(frame)) {
          asked += 1;
          await new Promise((resolve) => setImmediate(resolve));
        }
        if (message?.name === 'line') keys += 1;
        // What comes behind an end is not even looked at.
        connection.received(hello);
        if (closes.length !== 1) expect(closes, `frame ${i}`).toHaveLength(1);
        ends.set(closes[0]!, (ends.get(closes[0]!) ?? 0) + 1);
      }
    });
    expect([...ends.keys()].sort()).toEqual(['malformed', 'ticket_invalid', 'version_mismatch']);
    expect(asked).toBeGreaterThan(500);
    expect(keys).toBeGreaterThan(500);
    expect(ends.get('ticket_invalid')).toBe(asked + keys);
    expect(world.admissions()).toBe(asked);
    expect(unhandled).toEqual([]);
    expect(world.faults).toEqual([]);
    expect(world.zone.sim.stateHash()).toBe(before);
    world.zone.tick();
    expect(world.inputs).toEqual([]);
    expect(world.zone.players).toBe(0);
  }, 120_000);

  it('survives 20,000 mutated frames in a zone: who sends a wrong one ends as if its line had broken', async () => {
    const world = await connect();
    const { zone, inputs, time } = world;
    const bob = { ...fixtureCharacter('Bob'), state: { zoneId: ada.classId, x: 50, y: 50, yaw: 0, health: 77 } };
    const bobsClient = { write: () => {}, close: () => {} };
    zone.admit(bob, bobsClient);
    zone.tick();
    const bobsSlot = zone.sim.state.slotOfCharacter.get(bob.characterId)!;
    const next = mutatedFrames(12);
    let refused = 0;
    let taken = 0;
    const unhandled = await unhandledDuring(async () => {
      let one = await world.admitted();
      for (let i = 0; i < 20_000; i++) {
        const frame = next();
        const message = read(frame);
        // Nobody sends so many in a second.
        time.nowMs += 1_000;
        one.connection.received(frame);
        const slot = zone.sim.state.slotOfCharacter.get(ada.characterId);
        zone.input(bob.characterId, bobsClient, (own) => ({ kind: 'stir', slot: own }), zone.sim.tick);
        zone.tick();
        // What the zone reads of those who have come in is no effect of theirs.
        const effects = inputs.filter(
          (input) => input.kind !== 'ties' && (input.kind !== 'stir' || input.slot !== bobsSlot),
        );
        if (message && message.name !== 'hello' && message.name !== 'line') {
          taken += 1;
          if (effects.some((input) => 'slot' in input && input.slot !== slot)) expect(effects).toEqual([]);
        } else {
          refused += 1;
          if (one.closes[0] !== 'malformed') expect(one.closes, `frame ${i}`).toEqual(['malformed']);
          const [only] = effects;
          if (effects.length !== 1 || only?.kind !== 'leave' || only.manner !== 'linger')
            expect(effects, `frame ${i}`).toEqual([{ kind: 'leave', slot, manner: 'linger' }]);
        }
        if (one.closes.length > 0) one = await world.admitted();
      }
    });
    expect(refused).toBeGreaterThan(5_000);
    expect(taken).toBeGreaterThan(1_000);
    expect(unhandled).toEqual([]);
    expect(world.faults).toEqual([]);
    expect(zone.players).toBe(2);
    expect(zone.sim.snapshot(bobsSlot)).toMatchObject({ characterId: bob.characterId, x: 50, y: 50 });
  }, 120_000);

  it('answers a ping at once with the time of its zone', async () => {
    const { zone, another } = await connect();
    const { connection } = another();
    const written: Uint8Array[] = [];
    connection.write = (frames) => void written.push(frames);
    connection.received(hello);
    await Promise.resolve();
    await Promise.resolve();
    zone.tick();
    written.length = 0;
    connection.received(clientFrames.encode({ name: 'ping', fields: { clientMs: 77 } }));
    const answers = written.flatMap(unframe).map((frame) => serverFrames.decode(frame));
    expect(answers).toEqual([{ name: 'pong', fields: { clientMs: 77, tick: zone.sim.tick, sinceTickMs: 0 } }]);
  });

  it('counts pings of the WebSocket protocol as messages: too many are not answered, far too many end it', async () => {
    const { another } = await connect();
    const { connection, closes } = another();
    const answered = Array.from({ length: 200 }, () => connection.mayPing(new Uint8Array(1))).filter(Boolean);
    expect(answered).toHaveLength(inboundLimits.messagesPerSecond);
    expect(closes).toEqual([]);
    for (let more = 0; more < 100; more++) connection.mayPing(new Uint8Array(1));
    expect(closes).toEqual(['flooding']);
  });

  it('lets in whoever has a ticket, whatever it claims to have had before', async () => {
    await fc.assert(
      fc.asyncProperty(resumeArbitrary, async (resume) => {
        const one = await connect();
        one.connection.received(clientFrames.encode(greeting('good', resume)));
        await Promise.resolve();
        await Promise.resolve();
        one.zone.tick();
        expect(one.closes).toEqual([]);
        expect(one.faults).toEqual([]);
        expect(one.zone.connections).toBe(1);
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    ['an unknown optional field', (frame: Uint8Array) => frame.with(frame.length - 1, 0b10)],
    ['a claim that is cut short', (frame: Uint8Array) => frame.with(frame.length - 1, 1)],
    [
      'a name longer than any',
      () => {
        const frame = clientFrames.encode(greeting('good')).with(-1, 1);
        return Uint8Array.of(...frame, 97, ...new Uint8Array(97 + 12));
      },
    ],
  ])('refuses a hello with %s, and uses no ticket up', async (_what, spoil) => {
    const one = await connect();
    one.connection.received(spoil(hello));
    expect(one.closes).toEqual(['malformed']);
    expect(one.admissions()).toBe(0);
  });

  it('does not enter when it has closed while its ticket was looked at', async () => {
    const { connection, zone } = await connect();
    connection.received(hello);
    connection.disconnected();
    await Promise.resolve();
    await Promise.resolve();
    zone.tick();
    expect(zone.players).toBe(0);
  });

  it('closes with "internal" and reports when the gate fails otherwise', async () => {
    const faults: unknown[] = [];
    const closes: number[] = [];
    const connection = new Connection({
      gate: () => Promise.reject(new Error('table is away')),
      keys: new LineKeys(),
      nowMs: () => 0,
      report: (_reason, cause) => cause !== undefined && faults.push(cause),
      transport: { write: () => {}, close: (code) => closes.push(code) },
    });
    connection.received(hello);
    await new Promise((resolve) => setImmediate(resolve));
    expect(closes).toEqual([closeCodes.internal]);
    expect(faults).toHaveLength(1);
  });
});

describe('InboundLimit', () => {
  it('takes 60 messages a second, drops more, ends a flood, and begins anew', () => {
    const limit = new InboundLimit();
    const verdicts = Array.from({ length: 241 }, () => limit.judge(10, 500));
    expect(verdicts.slice(0, 60).every((one) => one === 'take')).toBe(true);
    expect(verdicts.slice(60, 240).every((one) => one === 'drop')).toBe(true);
    expect(verdicts[240]).toBe('close');
    expect(limit.judge(10, 1_500)).toBe('take');
  });

  it('counts bytes as well', () => {
    const limit = new InboundLimit();
    expect([1, 2, 3, 4, 5].map(() => limit.judge(2_000, 0))).toEqual(['take', 'take', 'take', 'take', 'drop']);
  });
});
