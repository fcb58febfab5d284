import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { serverBinary } from '#fleet/protocol/arbitraries.ts';
import { markedFrame, mutate } from '#fleet/protocol/fuzz-grammar.ts';
import { FakeSocket } from '#fleet/testing/fake-socket.ts';
import { fixtureCharacter } from '#fleet/testing/fixture-zone.ts';
import { startZone } from '#fleet/testing/zone-harness.ts';
import { serverMessages } from '#shared/contract/zone-messages.ts';
import { closeCodes } from '#shared/contract/zone-protocol.ts';
import { SeededRandom } from '../src/sim/random.ts';
import { ZoneClient } from './zone-client.ts';

describe('a client', () => {
  it('hears 20,000 frames of a mad server without an exception: it goes on, or ends with a reason', async () => {
    const { enter } = await startZone();
    const welcome = { name: 'cold', fields: enter(fixtureCharacter('Ada')).cold('welcome')[0]! } as const;
    const corpus = fc
      .sample(serverBinary, { seed: 3, numRuns: 1_000 })
      .map(({ name, fields }) => markedFrame(serverMessages[name], fields as unknown as Record<string, unknown>));
    const dice = new SeededRandom(3);
    const any = () => corpus[dice.int(0, corpus.length - 1)]!;
    const begin = () => {
      const socket = new FakeSocket();
      const client = new ZoneClient(socket, 'ticket');
      socket.open();
      socket.say(welcome);
      return { socket, client };
    };
    let one = begin();
    let ends = 0;
    for (let i = 0; i < 20_000; i++) {
      one.socket.hear(dice.int(0, 3) === 0 ? any().bytes : mutate(any(), dice, any()));
      one.client.step();
      if (!one.socket.isClosed) continue;
      if (one.socket.closedWith !== closeCodes.malformed) expect(one.socket.closedWith).toBe(closeCodes.malformed);
      ends += 1;
      one = begin();
    }
    expect(ends).toBeGreaterThan(5_000);
    expect(ends).toBeLessThan(19_000);
  }, 60_000);
});
