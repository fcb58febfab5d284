import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, inject, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { startingZone } from '#content/zones.ts';
import { issueTicket } from '#functions/auth/public.ts';
import { createCharacter } from '#functions/character/contract.ts';
import { handler as createCharacterHandler } from '#functions/character/endpoints/create-character.ts';
import { loadCharacterForZone } from '#functions/character/public.ts';
import { presenceOf } from '#functions/zone/public.ts';
import { closeCodes, entityStates } from '#shared/contract/zone-protocol.ts';
import { createOperation } from '#shared/events/operation.ts';
import { type CharacterId, createId } from '#shared/kernel/ids.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { type SocketLike, ZoneClient } from '../client/zone-client.ts';

let world: TestWorld;
let fleet: ChildProcess | undefined;

beforeAll(async () => {
  world = await startTestWorld();
});
afterEach(() => fleet?.kill('SIGKILL'));
afterAll(() => world.stop());

async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

/** A fleet process that holds the starting zone. */
async function startFleet() {
  const port = await freePort();
  const output: string[] = [];
  const child = spawn(process.execPath, [resolve('gamelift-fleet/src/main.ts')], {
    env: {
      ...process.env,
      STAGE: 'test',
      TABLE_NAME: world.tableName,
      SHARD_ID: 'shard-0',
      PUBLIC_URL: `ws://127.0.0.1:${port}/shard-0`,
      PORT: String(port),
      AWS_ENDPOINT_URL_DYNAMODB: inject('dynamoDbEndpoint'),
      LOG_LEVEL: 'INFO',
    },
  });
  fleet = child;
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  const ended = once(child, 'exit');
  await vi.waitFor(
    async () => {
      const health = await fetch(`http://127.0.0.1:${port}/health`);
      expect(await health.json(), output.join('')).toMatchObject({ status: 'ok', zones: [startingZone.id] });
    },
    { timeout: 20_000, interval: 100 },
  );
  const socket = () => new WebSocket(`ws://127.0.0.1:${port}/shard-0/zone`, { perMessageDeflate: false });
  return { process: child, socket, ended, output };
}

/** A character whose sessions get tickets for the starting zone. */
async function newPlayer(name: string) {
  const actor = await world.openSession(world.actor());
  const created = await world.call(createCharacterHandler, createCharacter, {
    actor,
    idempotencyKey: `create-${name}`,
    body: { name, classId: 'gunhand', originId: 'gutter-born', appearance: {} },
  });
  const characterId = created.body.characterId as CharacterId;
  const session = async (sessionId = actor.sessionId) => world.openSession({ ...actor, sessionId, characterId });
  const ticket = async (playing: Awaited<ReturnType<typeof session>>) => {
    const operation = createOperation({ actor: { origin: 'test' }, correlationId: 'test', causationId: 'test' });
    const issued = issueTicket(
      playing,
      { purpose: 'zone', zoneId: startingZone.id, characterId, presenceVer: 0 },
      Date.now(),
    );
    await operation.commit({ writes: [issued.write] });
    return issued.ticket;
  };
  return { characterId, session, ticket };
}

it('runs as a process: a player walks, SIGTERM saves it, says goodbye and ends with 0', async () => {
  const { process: running, socket, ended, output } = await startFleet();
  const { characterId, session, ticket } = await newPlayer('Tallow');
  const client = new ZoneClient(socket() as unknown as SocketLike, await ticket(await session()));
  const goodbye = new Promise<{ code: number }>((tell) => client.on('closed', tell));
  await client.ready;
  client.run();
  const { x, y } = client.place;
  await client.walkTo(x + 3, y);
  await vi.waitFor(() => expect(client.self?.x).toBeCloseTo(x + 3 - client.welcome.originX, 1));

  running.kill('SIGTERM');
  expect((await goodbye).code).toBe(closeCodes.moving);
  expect(await ended, output.join('')).toEqual([0, null]);
  const saved = await loadCharacterForZone(characterId, startingZone.id);
  expect(Math.abs(saved!.state!.x - (x + 3))).toBeLessThan(0.1);
  expect((await presenceOf(characterId))?.zoneId).toBeUndefined();
}, 60_000);

it('lets a fight go on whose line broke, with nothing missed, and gives way to a newer session', async () => {
  const { socket } = await startFleet();
  const { characterId, session, ticket } = await newPlayer('Sorrel');
  const playing = await session();
  let line = socket();
  const door = async () => {
    line = socket();
    return { socket: line as unknown as SocketLike, ticket: await ticket(playing) };
  };
  const first = await door();
  const client = new ZoneClient(first.socket, first.ticket, { reconnect: door });
  const own: number[] = [];
  const drops: string[] = [];
  const returns: unknown[] = [];
  let gaps = 0;
  client.on('numbered', ({ channel, seq }) => channel === 'own' && own.push(seq));
  client.on('drop', ({ dropId }) => drops.push(dropId));
  client.on('resumed', (how) => returns.push(how));
  client.on('gap', () => {
    gaps += 1;
  });
  await client.ready;
  client.run();
  const body = client.welcome.entityId;
  // The stay is written behind the welcome.
  const stay = await vi.waitFor(
    async () => {
      const written = await presenceOf(characterId);
      expect(written?.zoneId).toBe(startingZone.id);
      return written;
    },
    { timeout: 10_000 },
  );

  const living: readonly number[] = [entityStates.alive, entityStates.fighting];
  const nearest = () => {
    const here = client.place;
    const far = (id: number) => {
      const at = client.placeOf(client.replica.entities.get(id)!);
      return Math.hypot(at.x - here.x, at.y - here.y);
    };
    const prey = [...client.replica.entities.values()].filter(
      ({ sort, state }) => sort === 1 && living.includes(state),
    );
    return prey.map(({ id }) => id).sort((a, b) => far(a) - far(b))[0];
  };
  const { x, y } = startingZone.npcSpawns[0]!.area;
  const hits = { count: 0 };
  client.on('combat', ({ source }) => {
    if (source === body) hits.count += 1;
  });
  const hunt = async (): Promise<void> => {
    while (drops.length === 0) {
      const target = nearest();
      const goal = target === undefined ? { x, y } : client.placeOf(client.replica.entities.get(target)!);
      const answer = target === undefined ? 'out_of_range' : await client.attack(target);
      if (answer !== 'out_of_range') await delay(50);
      else {
        const here = client.place;
        const share = Math.min(1, 2 / Math.max(0.01, Math.hypot(goal.x - here.x, goal.y - here.y)));
        await client.walkTo(here.x + (goal.x - here.x) * share, here.y + (goal.y - here.y) * share).catch(() => {});
      }
    }
  };
  const hunting = hunt();
  await vi.waitFor(() => expect(hits.count).toBeGreaterThan(0), { timeout: 30_000, interval: 5 });
  line.terminate();
  await vi.waitFor(() => expect(returns).toEqual([{ isSameBody: true, missed: [] }]), { timeout: 10_000 });
  await hunting;
  expect(client.welcome.entityId).toBe(body);
  expect(own.length).toBeGreaterThan(3);
  expect(own).toEqual(own.map((_, index) => index + 1));
  expect([gaps, drops.length]).toEqual([0, 1]);
  expect((await world.snapshot()).filter((row) => row._et === 'Drop')).toHaveLength(1);
  expect(await presenceOf(characterId)).toEqual(stay);

  const ends: string[] = [];
  client.on('closed', ({ reason }) => ends.push(reason));
  const newer = new ZoneClient(socket() as unknown as SocketLike, await ticket(await session(createId('ses'))));
  await newer.ready;
  await vi.waitFor(() => expect(ends).toEqual(['superseded']));
  expect(newer.welcome.entityId).toBe(body);
  newer.disconnect();
}, 90_000);
