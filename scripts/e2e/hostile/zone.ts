import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { ZoneClient } from '#fleet/client/zone-client.ts';
import { clientMessage } from '#fleet/protocol/arbitraries.ts';
import { type ClientMessage, clientFrames, greeting } from '#fleet/protocol/messages.ts';
import { enterZone } from '#functions/zone/contract.ts';
import { until } from '#scripts/journey/until.ts';
import { clientMessages } from '#shared/contract/zone-messages.ts';
import { closeCodes, MAX_CLIENT_FRAME_BYTES, PROTOCOL_VERSION } from '#shared/contract/zone-protocol.ts';
import { sha256 } from '#shared/kernel/canonical-json.ts';
import { intoZone, ZONE_ID } from './hunt.ts';
import { RawSocket } from './raw-socket.ts';
import type { WebPlayer } from './web-player.ts';
import type { World } from './world.ts';

const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);
const FRAME_TOO_LARGE = 1009;

const hello = (ticket: string): Uint8Array => clientFrames.encode(greeting(ticket));
/** All that a client of an unknown version is known to send. */
const foreignHello = Uint8Array.of(clientMessages.hello.id, PROTOCOL_VERSION + 1, 0, 1, 2, 3);
const input = (seq: number): ClientMessage => ({
  name: 'input',
  fields: { seq, seenTick: 0, correction: 0, x: 1, y: 1, yaw: 0 },
});

/** When enough is held against somebody, that is told and counted, and they are to be put out. */
const afterAnAccusation = [
  /^OBX#/,
  /^ZONE#\S+ CMD#/,
  /^INBOX#analytics\.count-events~/,
  /^ANADAY#\S+ EVENT#CHEAT_SUSPECTED$/,
];

/**
 * What was written beside the players' own states, the zone's notes of who stands where, which it takes as ever, and
 * what the anti-cheat holds against them for what they try.
 */
function beyondPlaces(changed: readonly string[], players: readonly WebPlayer[]): string[] {
  const own = players.flatMap(({ accountId, characterId }) => [
    `CHR#${characterId} STATE`,
    `CHEATCASE#${accountId} CASE`,
    `CHEATCASE#${accountId} EVIDENCE`,
    `CHEATREPORT#${characterId} `,
  ]);
  const isAccused = changed.some((key) => key.startsWith('CHEATCASE#'));
  const isKnown = (key: string): boolean =>
    own.some((known) => key.startsWith(known)) ||
    key.endsWith(' PLACES') ||
    (isAccused && afterAnAccusation.some((known) => known.test(key)));
  return changed.filter((key) => !isKnown(key));
}

/** The zone socket of the real fleet process. */
export function describeZone(world: () => World): void {
  const ticketOf = async (player: WebPlayer) => player.api.call(enterZone, { params: { zoneId: ZONE_ID } });
  const doorOf = async (): Promise<string> => (await ticketOf(world().cyd)).url;
  /** What a socket is closed with that sends these frames. */
  const endOf = async (url: string, ...frames: readonly (string | Uint8Array)[]): Promise<number> => {
    const socket = await RawSocket.open(url);
    for (const frame of frames) socket.send(frame);
    return (await socket.end()).code;
  };

  describe('the zone socket', () => {
    it(`ends what is not a client, each with its reason, and nobody else notices (seed ${SEED})`, async () => {
      const { bob, cyd, table } = world();
      const { client: bystander, ticket: used } = await intoZone(cyd);
      let isClosed = false;
      bystander.on('closed', () => {
        isClosed = true;
      });
      const { url, ticket: foreign } = await ticketOf(bob);
      const row = (await table.rows()).find(({ pk }) => pk === `TICKET#${sha256(foreign)}`)!;
      await table.put({ ...row, zoneId: 'null-cathedral-of-nobody' });

      const tickBefore = bystander.replica.tick;
      const noise = fc.sample(
        // What begins as a hello is told its version.
        fc.uint8Array({ minLength: 1, maxLength: 200 }).filter(([id]) => id !== clientMessages.hello.id),
        { seed: SEED, numRuns: 12 },
      );
      const ends: Record<string, number> = {};
      const meet = async (what: string, end: Promise<number>): Promise<void> => {
        ends[what] = await end;
      };
      const changed = await table.changedBy(async () => {
        await Promise.all([
          meet('silence', endOf(url)),
          meet('a garbage ticket', endOf(url, hello('garbage'))),
          meet('a used ticket', endOf(url, hello(used))),
          meet('a ticket for a zone that is not here', endOf(url, hello(foreign))),
          meet('an access token for a ticket', endOf(url, hello(bob.accessToken))),
          meet('another version', endOf(url, foreignHello)),
          meet('text', endOf(url, 'hello')),
          meet('an empty frame', endOf(url, new Uint8Array())),
          meet('an input before hello', endOf(url, clientFrames.encode(input(1)))),
          meet('a frame too large', endOf(url, new Uint8Array(MAX_CLIENT_FRAME_BYTES + 1))),
          ...noise.map((bytes, index) => meet(`noise ${index}`, endOf(url, bytes))),
        ]);
      });
      expect(ends).toEqual({
        silence: closeCodes.hello_timeout,
        'a garbage ticket': closeCodes.ticket_invalid,
        'a used ticket': closeCodes.ticket_invalid,
        'a ticket for a zone that is not here': closeCodes.ticket_invalid,
        'an access token for a ticket': closeCodes.ticket_invalid,
        'another version': closeCodes.version_mismatch,
        text: closeCodes.malformed,
        'an empty frame': closeCodes.malformed,
        'an input before hello': closeCodes.malformed,
        'a frame too large': FRAME_TOO_LARGE,
        ...Object.fromEntries(noise.map((_bytes, index) => [`noise ${index}`, closeCodes.malformed])),
      });
      expect(beyondPlaces(changed, [cyd])).toEqual([]);
      await until('the world to go on', () => (bystander.replica.tick > tickBefore + 60 ? true : undefined));
      expect(isClosed).toBe(false);
      bystander.leave();
    });

    it('closes on silence after 5 s, neither sooner nor much later', async () => {
      const socket = await RawSocket.open(await doorOf());
      const { code, reason, afterMs } = await socket.end();
      expect({ code, reason }).toEqual({ code: closeCodes.hello_timeout, reason: 'hello_timeout' });
      expect(afterMs).toBeGreaterThan(4_900);
      expect(afterMs).toBeLessThan(8_000);
    });

    it('ends a client that floods it, and one that says hello again', async () => {
      const { bob } = world();
      const admitted = async (): Promise<RawSocket> => {
        const { url, ticket } = await ticketOf(bob);
        const socket = await RawSocket.open(url);
        socket.send(hello(ticket));
        await until('the welcome', () => (socket.messages.length > 0 ? true : undefined));
        return socket;
      };
      const flooder = await admitted();
      for (let seq = 1; seq <= 2_000; seq += 1) flooder.send(clientFrames.encode(input(seq)));
      expect(await flooder.end()).toMatchObject({ code: closeCodes.flooding, reason: 'flooding' });

      const repeater = await admitted();
      repeater.send(hello('again'));
      expect(await repeater.end()).toMatchObject({ code: closeCodes.malformed, reason: 'malformed' });
    });

    it(`lets well-formed nonsense do nothing but end its own connection (seed ${SEED})`, async () => {
      const { bob, cyd, table } = world();
      const { client: bystander } = await intoZone(cyd);
      const { url, ticket } = await ticketOf(bob);
      const socket = await RawSocket.open(url);
      socket.send(hello(ticket));
      await until('the welcome', () => (socket.messages.length > 0 ? true : undefined));
      const nonsense = fc
        .sample(clientMessage, { seed: SEED, numRuns: 150 })
        .filter(({ name }) => name !== 'hello' && name !== 'line' && name !== 'leave');
      const changed = await table.changedBy(async () => {
        for (const message of nonsense) {
          socket.send(clientFrames.encode(message));
          // Below the limit of the door: all of it comes in.
          await delay(20);
        }
      });
      expect(beyondPlaces(changed, [bob, cyd])).toEqual([]);
      expect(socket.closed).toBeUndefined();
      const tick = bystander.replica.tick;
      await until('the world to go on', () => (bystander.replica.tick > tick + 10 ? true : undefined));
      socket.send(clientFrames.encode({ name: 'leave', fields: {} }));
      expect(await socket.end()).toMatchObject({ code: closeCodes.left });
      bystander.leave();
    });

    it('is no way to the STOMP socket, nor the other way round', async () => {
      const { addresses, bob } = world();
      const { url, ticket } = await ticketOf(bob);
      expect(await endOf(url, hello(await bob.socketTicket()))).toBe(closeCodes.ticket_invalid);
      await expect(RawSocket.open(`${addresses.socketUrl}?ticket=${ticket}`)).rejects.toMatchObject({ status: 403 });
      // Neither was used up by the wrong door.
      const client = new ZoneClient(new WebSocket(url, { perMessageDeflate: false }) as never, ticket);
      await client.ready;
      client.leave();
    });
  });

  describe('a speed hack', () => {
    it('is put back where it was, before all eyes, and changes nothing but what is held against it', async () => {
      const { bob, cyd, table } = world();
      const [{ client: cheat }, { client: witness }] = [await intoZone(bob), await intoZone(cyd)];
      const home = cheat.place;
      const { originX, originY, width, height, entityId } = cheat.welcome;
      const corrections: { reason: string; x: number; y: number }[] = [];
      cheat.on('correction', (correction) => corrections.push(correction));
      let farthest = 0;
      const watch = () => {
        const seen = witness.replica.entities.get(entityId);
        if (seen) farthest = Math.max(farthest, Math.hypot(originX + seen.x - home.x, originY + seen.y - home.y));
      };
      await until('the witness to see the cheat', () => (witness.replica.entities.has(entityId) ? true : undefined));
      witness.on('tick', watch);

      const claim = async (x: number, y: number): Promise<string> => {
        const before = corrections.length;
        cheat.claimPlace(x - originX, y - originY);
        await until('a correction', () => (corrections.length > before ? true : undefined));
        const { reason, x: backX, y: backY } = corrections.at(-1)!;
        expect(Math.hypot(backX - home.x, backY - home.y)).toBeLessThan(1);
        return reason;
      };
      const changed = await table.changedBy(async () => {
        // Where it stands is drawn: there may be a wall on the way.
        expect(['too_fast', 'blocked']).toContain(await claim(home.x + 40, home.y));
        expect(['too_fast', 'blocked']).toContain(await claim(home.x, home.y + 12));
        expect(await claim(originX + width + 5, originY + height + 5)).toBe('out_of_bounds');
      });
      expect(beyondPlaces(changed, [bob, cyd])).toEqual([]);
      expect(farthest).toBeLessThan(1);

      // It may go on as an honest player, and is saved where it really is.
      await cheat.walkTo(home.x + 1, home.y);
      cheat.leave();
      witness.leave();
      const saved = await until('the state to be saved', async () =>
        (await table.rows()).find(
          ({ pk, sk, x }) =>
            pk === `CHR#${bob.characterId}` && sk === 'STATE' && Math.abs(Number(x) - home.x - 1) < 0.2,
        ),
      );
      expect(Math.hypot(Number(saved.x) - home.x, Number(saved.y) - home.y)).toBeLessThan(2);
    });
  });
}
