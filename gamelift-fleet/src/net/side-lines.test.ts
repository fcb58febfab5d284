import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ClientMessage, clientFrames, greeting, serverFrames } from '#fleet/protocol/messages.ts';
import { fixtureCharacter, fixtureZone } from '#fleet/testing/fixture-zone.ts';
import { startZone, unframe } from '#fleet/testing/zone-harness.ts';
import { type CloseReason, MAX_SIDE_LINES, TICK_HZ } from '#shared/contract/zone-protocol.ts';
import { TickMeter } from '../zone/tick-meter.ts';
import { Connection } from './connection.ts';
import { hasRoomBeside, LineBundle, LineKeys } from './side-lines.ts';

const ada = fixtureCharacter('Ada');

describe('the lines of one client', () => {
  it('bring every message once and in order, whichever is held up for how long', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.array(fc.nat(40), { minLength: MAX_SIDE_LINES, maxLength: MAX_SIDE_LINES }),
        fc.array(fc.nat(MAX_SIDE_LINES), { maxLength: 200 }),
        (sent, begins, turns) => {
          const taken: number[] = [];
          const brought = (frame: Uint8Array) => void taken.push(frame[1]!);
          const bundle = new LineBundle({
            ...{ tick: () => 0, isBusy: () => false, nowMs: () => 0, report: () => {} },
            brought,
          });
          const sides = begins.map((begin) => bundle.join({ write: () => {}, close: () => {} }, begin));
          /** The next message of each line; the main one is the last. */
          const next = [...begins, 0];
          const come = (line: number) => {
            const count = next[line]!;
            if (count >= sent) return;
            next[line] = count + 1;
            const frame = Uint8Array.of(2, count);
            if (line < sides.length) sides[line]!.received(frame);
            else if (bundle.cameOverMain(frame) === 'news') brought(frame);
          };
          for (const line of turns) come(line);
          expect(taken).toEqual(Array.from(taken.keys()));
          expect(taken.length).toBeGreaterThanOrEqual(next[sides.length]!);
          while (next[sides.length]! < sent) come(sides.length);
          expect(taken).toEqual(Array.from({ length: sent }, (_, count) => count));
        },
      ),
    );
  });
});

/** A zone with Ada in it, whose client has a key. */
async function widened({ lowestLevel = 0, hasRoom = true } = {}) {
  let inputs: readonly unknown[] = [];
  const started = await startZone({
    definition: fixtureZone([]),
    meter: new TickMeter(() => 0, { lowestLevel }),
    record: (_tick, taken) => {
      inputs = taken;
    },
  });
  const { zone } = started;
  const keys = new LineKeys(() => hasRoom);
  const time = { nowMs: 0 };
  const reported: CloseReason[] = [];
  const dial = () => {
    const heard: Uint8Array[] = [];
    const closes: string[] = [];
    const connection = new Connection({
      gate: async () => ({ zone, character: ada }),
      keys,
      nowMs: () => time.nowMs,
      report: (reason) => reported.push(reason),
      transport: {
        write: (frames) => heard.push(...unframe(frames).map((frame) => frame.slice())),
        close: (_code, reason) => closes.push(reason),
      },
    });
    const say = (message: ClientMessage) => connection.received(clientFrames.encode(message));
    return { connection, heard, closes, say };
  };
  const main = dial();
  main.say(greeting('t'));
  await Promise.resolve();
  await Promise.resolve();
  zone.tick();
  main.say({ name: 'widen', fields: {} });
  const answer = serverFrames.decode(main.heard.at(-1)!);
  if (answer.name !== 'lineKey') throw new Error(answer.name);
  const { key } = answer.fields;
  const side = (count = 0, of = key) => {
    const line = dial();
    line.say({ name: 'line', fields: { key: of, count } });
    return line;
  };
  const tick = () => {
    zone.tick();
    time.nowMs += 50;
    return inputs;
  };
  return { zone, main, side, tick, time, reported, keys };
}

const input = (seq: number): ClientMessage => {
  return { name: 'input', fields: { seq, seenTick: 1, correction: 0, x: 50, y: 50, yaw: 0 } };
};

describe('a side line', () => {
  it('brings what is held up on the main one, which brings only the copies later', async () => {
    const { main, side, tick } = await widened();
    const line = side();
    line.say(input(1));
    line.say(input(2));
    expect(tick()).toMatchObject([{ seq: 1 }, { seq: 2 }]);
    for (const seq of [1, 2, 3]) main.say(input(seq));
    expect(tick()).toMatchObject([{ seq: 3 }]);
    line.say(input(3));
    line.say(input(4));
    expect(tick()).toMatchObject([{ seq: 4 }]);
    expect([...main.closes, ...line.closes]).toEqual([]);
  });

  it('hears from which tick on it begins, and then all that the main one hears', async () => {
    const { main, side, tick, zone } = await widened();
    const line = side();
    expect(line.heard.map((frame) => serverFrames.decode(frame))).toEqual([
      { name: 'lineFrom', fields: { tick: zone.sim.tick } },
    ]);
    main.heard.length = 0;
    line.heard.length = 0;
    for (let i = 0; i < 10; i++) tick();
    main.say({ name: 'ping', fields: { clientMs: 3 } });
    expect(main.heard).toHaveLength(11);
    expect(line.heard).toEqual(main.heard);
  });

  it('needs a key that is its client`s own, as long as that is there', async () => {
    const { main, side, zone } = await widened();
    expect(side(0, new Uint8Array(16)).closes).toEqual(['ticket_invalid']);
    expect(side(0, new Uint8Array(0)).closes).toEqual(['ticket_invalid']);
    const line = side();
    main.connection.disconnected();
    expect(line.closes).toEqual(['superseded']);
    expect(side().closes).toEqual(['ticket_invalid']);
    line.say(input(1));
    expect(zone.connections).toBe(0);
  });

  it('ends for the reason of its main one, and is told of once', async () => {
    const { main, side, reported } = await widened();
    const line = side();
    main.connection.close('afk');
    expect([main.closes, line.closes]).toEqual([['afk'], ['afk']]);
    expect(reported).toEqual(['afk']);
  });

  it('ends alone: by its own break, by frames without end that do not count, and by text', async () => {
    const { main, side, tick, zone, keys } = await widened();
    const [gone, flood] = [side(), side(1_000)];
    gone.connection.disconnected();
    for (let i = 0; i < 5; i++) main.say(input(i + 1));
    for (let i = 0; i < 300; i++) flood.say(input(1));
    expect(flood.closes).toEqual(['flooding']);
    const text = side();
    text.connection.received(undefined);
    expect(text.closes).toEqual(['malformed']);
    expect(keys.sideLines).toBe(0);
    expect(tick()).toHaveLength(5);
    expect([main.closes, zone.connections]).toEqual([[], 1]);
  });

  it('gives no more room than one line has: what counts is limited together, and copies are', async () => {
    const { main, side, tick } = await widened();
    const line = side();
    for (let seq = 1; seq <= 100; seq++) line.say(input(seq));
    expect(tick()).toHaveLength(60 - 2);
    for (let seq = 1; seq <= 300; seq++) main.say(input(seq));
    expect(main.closes).toEqual(['flooding']);
    expect(line.closes).toEqual(['flooding']);
  });

  it('ends its client for a malformed message, as the main one does', async () => {
    const { main, side } = await widened();
    side().connection.received(Uint8Array.of(0x02, 1));
    expect(main.closes).toEqual(['malformed']);
  });

  it('takes the place of the oldest when there are too many', async () => {
    const { side, keys } = await widened();
    const lines = Array.from({ length: MAX_SIDE_LINES + 1 }, () => side());
    expect(lines.map(({ closes }) => closes)).toEqual([['superseded'], ...lines.slice(1).map(() => [])]);
    expect(keys.sideLines).toBe(MAX_SIDE_LINES);
  });

  it('is closed when it does not say that it comes along, or says what cannot be, so that nothing piles up behind it', async () => {
    const { main, side, tick, zone } = await widened();
    const [silent, alive] = [side(), side()];
    for (let i = 0; i <= 2 * TICK_HZ; i++) {
      main.say({ name: 'input', fields: { seq: i + 1, seenTick: zone.sim.tick, correction: 0, x: 50, y: 50, yaw: 0 } });
      alive.say({ name: 'lineSeen', fields: { tick: zone.sim.tick } });
      silent.say({ name: 'lineSeen', fields: { tick: 4_000_000_000 } });
      tick();
    }
    expect(silent.closes).toEqual(['too_slow']);
    expect([...alive.closes, ...main.closes]).toEqual([]);
  });

  it.each([
    ['a few are always welcome', 4 + 11, 11, 100, true],
    ['beyond them one for every four players', 100 + 24, 24, 5_000, true],
    ['and no more', 100 + 25, 25, 5_000, false],
    ['none takes the last fifth of the room', 80 + 1, 1, 100, false],
  ])('has room: %s', (_what, connections, sideLines, maxConnections, answer) => {
    expect(hasRoomBeside(connections, sideLines, maxConnections)).toBe(answer);
  });

  it('is not to be had while the zone has too much to do, or the process has no room', async () => {
    expect((await widened({ lowestLevel: 1 })).side().closes).toEqual(['zone_full']);
    expect((await widened({ hasRoom: false })).side().closes).toEqual(['zone_full']);
  });

  it('is no way in for who is in already', async () => {
    const { main } = await widened();
    main.say({ name: 'line', fields: { key: new Uint8Array(16), count: 0 } });
    expect(main.closes).toEqual(['malformed']);
  });
});
