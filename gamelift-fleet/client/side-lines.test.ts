import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { serverFrames } from '#fleet/protocol/messages.ts';
import { FakeSocket } from '#fleet/testing/fake-socket.ts';
import { welcomeMessage } from '#fleet/testing/welcome.ts';
import { channels, closeCodes } from '#shared/contract/zone-protocol.ts';
import { ZoneLink } from './zone-link.ts';

const key = Uint8Array.from({ length: 16 }, (_, at) => at);
type Said = { readonly tick: number } | { readonly seq: number };

/** A link that is in, with so many side lines open. */
function start(sideLines: number) {
  const time = { nowMs: 0 };
  const main = new FakeSocket();
  const sides: FakeSocket[] = [];
  const told: Said[] = [];
  const sideLine = () => {
    const side = new FakeSocket();
    sides.push(side);
    return side;
  };
  const link = new ZoneLink({ socket: main, ticket: 't' }, { sideLine, nowMs: () => time.nowMs });
  link.on('message', (message) => {
    if (message.name === 'tick') told.push({ tick: message.fields.tick });
  });
  link.on('numbered', ({ seq }) => told.push({ seq }));
  main.open();
  main.say({ name: 'cold', fields: welcomeMessage('s') });
  main.say({ name: 'tick', fields: { tick: 10, cells: [], reset: true } });
  link.widen(sideLines);
  const steps = (count: number) => {
    for (let i = 0; i < count; i++) {
      time.nowMs += 50;
      link.watch();
    }
  };
  const keyed = () => {
    main.say({ name: 'lineKey', fields: { key } });
    steps(sideLines);
    for (const side of sides) {
      side.open();
      side.say({ name: 'lineFrom', fields: { tick: 10 } });
    }
  };
  return { link, main, sides, told, steps, keyed };
}

function say(socket: FakeSocket, said: Said): void {
  if ('tick' in said) socket.say({ name: 'tick', fields: { tick: said.tick, cells: [] } });
  else {
    const fields = { type: 'moving', zoneId: 'yard', retryAfterMs: said.seq } as const;
    const message = serverFrames.encode({ name: 'cold', fields });
    socket.say({ name: 'kept', fields: { channel: channels.own, seq: said.seq, message } });
  }
}

describe('side lines', () => {
  it('are asked for once, opened with the key, and told from which message on they carry copies', () => {
    const { link, main, sides, keyed } = start(2);
    link.widen(2);
    link.send({ name: 'release', fields: {} });
    expect(main.sent.map(({ name }) => name)).toEqual(['hello', 'widen', 'release']);
    expect(sides).toEqual([]);
    keyed();
    link.send({ name: 'leave', fields: {} });
    expect(link.sideLines).toBe(2);
    for (const side of sides)
      expect(side.sent).toEqual([
        { name: 'line', fields: { key, count: 1 } },
        { name: 'leave', fields: {} },
      ]);
  });

  it('say how far they have come, each for itself', () => {
    const { sides, keyed, steps } = start(2);
    keyed();
    say(sides[0]!, { tick: 11 });
    // Ahead of what came over the main line: it has been seen, though it is of no use yet.
    say(sides[1]!, { tick: 14 });
    steps(20);
    expect(sides.map(({ sent }) => sent.at(-1))).toEqual([
      { name: 'lineSeen', fields: { tick: 11 } },
      { name: 'lineSeen', fields: { tick: 14 } },
    ]);
  });

  it('and the main one together tell everything once and in order, whichever is held up for how long', () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }),
        fc.array(fc.nat(40), { minLength: 2, maxLength: 2 }),
        fc.array(fc.nat(2), { maxLength: 120 }),
        (hasNews, begins, turns) => {
          const { main, sides, told, keyed } = start(2);
          keyed();
          let seq = 0;
          // What is numbered goes before its tick, in one write.
          const writes = hasNews.map((news, at): Said[] => [...(news ? [{ seq: ++seq }] : []), { tick: 11 + at }]);
          const lines = [...sides, main];
          const next = [...begins, 0];
          for (const [at, side] of sides.entries()) side.say({ name: 'lineFrom', fields: { tick: 10 + begins[at]! } });
          const come = (line: number) => {
            for (const said of writes[next[line]!] ?? []) say(lines[line]!, said);
            next[line]! += 1;
          };
          for (const line of turns) come(line);
          while (next[2]! < writes.length) come(2);
          expect(told).toEqual([{ tick: 10 }, ...writes.flat()]);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('leave a fresh view to the main line, which tells what goes with it', () => {
    const { main, sides, told, keyed } = start(1);
    keyed();
    sides[0]!.say({ name: 'tick', fields: { tick: 60, cells: [], reset: true } });
    say(sides[0]!, { tick: 61 });
    expect(told).toEqual([{ tick: 10 }]);
    main.say({ name: 'tick', fields: { tick: 60, cells: [], reset: true } });
    say(main, { tick: 61 });
    say(sides[0]!, { tick: 62 });
    expect(told.slice(1)).toEqual([{ tick: 60 }, { tick: 61 }, { tick: 62 }]);
  });

  it('that break are opened anew after a while, and the link goes on meanwhile', () => {
    const { link, sides, told, keyed, steps } = start(1);
    keyed();
    sides[0]!.end(closeCodes.too_slow);
    steps(90);
    expect([sides.length, link.sideLines]).toEqual([1, 0]);
    steps(20);
    expect(sides).toHaveLength(2);
    expect([link.isLive, told.length]).toEqual([true, 1]);
  });

  it('that the server does not want are tried less and less often', () => {
    const { main, sides, steps } = start(1);
    main.say({ name: 'lineKey', fields: { key } });
    for (let second = 0; second < 100; second++) {
      steps(20);
      const newest = sides.at(-1)!;
      if (newest.readyState === 0) {
        newest.open();
        newest.end(closeCodes.zone_full);
      }
    }
    // At once, and 5, 15, 35 and 75 s after it.
    expect(sides).toHaveLength(5);
  });

  it('end when they are not needed any more, and with the main one', () => {
    const one = start(2);
    one.keyed();
    one.link.widen(1);
    expect(one.sides.map(({ isClosed }) => isClosed)).toEqual([false, true]);
    one.main.end(closeCodes.left);
    expect(one.sides[0]!.isClosed).toBe(true);
    one.steps(200);
    expect(one.sides).toHaveLength(2);
  });
});
