import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clientMessage, resumeArbitrary } from '#fleet/protocol/arbitraries.ts';
import { clientFrames } from '#fleet/protocol/messages.ts';
import { fixtureCharacter, fixtureZone } from '#fleet/testing/fixture-zone.ts';
import { startZone } from '#fleet/testing/zone-harness.ts';
import { closeCodes, PROTOCOL_VERSION } from '#shared/contract/zone-protocol.ts';
import { AdmissionRefused } from '../persist/ports.ts';
import { Connection, type Gate } from './connection.ts';
import { InboundLimit } from './inbound-limit.ts';

const ada = fixtureCharacter('Ada');
const hello = clientFrames.encode({ name: 'hello', fields: { version: PROTOCOL_VERSION, ticket: 'good' } });

/** A message of the protocol with up to four of its bytes changed. */
const mutatedFrame = fc
  .tuple(clientMessage, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }))
  .map(([message, mutations]) => {
    const frame = clientFrames.encode(message);
    for (const [at, value] of mutations) frame[at % frame.length] = value;
    return frame;
  });

async function connect() {
  const started = await startZone({ definition: fixtureZone([]) });
  const time = { nowMs: 0 };
  const closes: number[] = [];
  const faults: unknown[] = [];
  let admissions = 0;
  const gate: Gate = async (ticket) => {
    admissions += 1;
    if (ticket !== 'good') throw new AdmissionRefused('ticket_invalid');
    return { zone: started.zone, character: ada };
  };
  const connection = new Connection({
    gate,
    nowMs: () => time.nowMs,
    report: (_reason, cause) => cause !== undefined && faults.push(cause),
    transport: { write: () => {}, close: (code) => closes.push(code) },
  });
  return { ...started, time, connection, closes, faults, admissions: () => admissions };
}

describe('a connection', () => {
  it('survives any sequence of mutated frames without a fault, an effect or a second close', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(mutatedFrame, { maxLength: 12 }), async (frames) => {
        const one = await connect();
        for (const frame of frames) one.connection.received(frame);
        await Promise.resolve();
        one.zone.tick();
        expect(one.faults).toEqual([]);
        expect(one.closes.length).toBeLessThanOrEqual(1);
        expect(one.admissions()).toBeLessThanOrEqual(1);
        expect(one.zone.players).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  it('survives mutated frames once admitted: nobody but its own body is touched', async () => {
    const { zone } = await connect();
    const bob = { ...fixtureCharacter('Bob'), state: { zoneId: ada.classId, x: 50, y: 50, yaw: 0, health: 77 } };
    const bobsClient = { write: () => {}, close: () => {} };
    zone.admit(bob, bobsClient);
    zone.tick();
    const bobsSlot = zone.sim.state.slotOfCharacter.get(bob.characterId)!;
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(mutatedFrame, { minLength: 1, maxLength: 8 }), async (frames) => {
        const faults: unknown[] = [];
        const connection = new Connection({
          gate: async () => ({ zone, character: ada }),
          nowMs: () => 0,
          report: (_reason, cause) => cause !== undefined && faults.push(cause),
          transport: { write: () => {}, close: () => {} },
        });
        connection.received(hello);
        await Promise.resolve();
        await Promise.resolve();
        zone.tick();
        expect(zone.players).toBe(2);
        for (const frame of frames) {
          const before = zone.sim.tick;
          connection.received(frame);
          zone.input(bob.characterId, bobsClient, (slot) => ({ kind: 'release', slot }), before);
          zone.tick();
          taken += 1;
        }
        expect(faults).toEqual([]);
        expect(zone.sim.snapshot(bobsSlot)).toMatchObject({ characterId: bob.characterId, x: 50, y: 50 });
      }),
      { numRuns: 500 },
    );
    expect(taken).toBeGreaterThan(500);
  });

  it('lets in whoever has a ticket, whatever it claims to have had before', async () => {
    await fc.assert(
      fc.asyncProperty(resumeArbitrary, async (resume) => {
        const one = await connect();
        const fields = { version: PROTOCOL_VERSION, ticket: 'good', resume };
        one.connection.received(clientFrames.encode({ name: 'hello', fields }));
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
        const fields = { version: PROTOCOL_VERSION, ticket: 'good' };
        const frame = clientFrames.encode({ name: 'hello', fields }).with(-1, 1);
        return Uint8Array.of(...frame, 97, 0, ...new Uint8Array(97 + 12));
      },
    ],
  ])('refuses a hello with %s, and uses no ticket up', async (_what, spoil) => {
    const one = await connect();
    one.connection.received(spoil(hello));
    expect(one.closes).toEqual([closeCodes.malformed]);
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
