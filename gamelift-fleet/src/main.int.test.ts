import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { startingZone } from '#content/zones.ts';
import { issueTicket } from '#functions/auth/public.ts';
import { createCharacter } from '#functions/character/contract.ts';
import { handler as createCharacterHandler } from '#functions/character/endpoints/create-character.ts';
import { loadCharacterForZone } from '#functions/character/public.ts';
import { presenceOf } from '#functions/zone/public.ts';
import { closeCodes } from '#shared/contract/zone-protocol.ts';
import { createOperation } from '#shared/events/operation.ts';
import type { CharacterId } from '#shared/kernel/ids.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { type SocketLike, ZoneClient } from '../client/zone-client.ts';

let world: TestWorld;
let fleet: ChildProcess | undefined;
const output: string[] = [];

beforeAll(async () => {
  world = await startTestWorld();
});
afterAll(async () => {
  fleet?.kill('SIGKILL');
  await world.stop();
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

it('runs as a process: a player walks, SIGTERM saves it, says goodbye and ends with 0', async () => {
  const port = await freePort();
  fleet = spawn(process.execPath, [resolve('gamelift-fleet/src/main.ts')], {
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
  fleet.stdout!.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  fleet.stderr!.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  const ended = once(fleet, 'exit');
  await vi.waitFor(
    async () => {
      const health = await fetch(`http://127.0.0.1:${port}/health`);
      expect(await health.json(), output.join('')).toMatchObject({ status: 'ok', zones: [startingZone.id] });
    },
    { timeout: 20_000, interval: 100 },
  );

  const actor = await world.openSession(world.actor());
  const created = await world.call(createCharacterHandler, createCharacter, {
    actor,
    idempotencyKey: 'create-one',
    body: { name: 'Tallow', classId: 'gunhand', originId: 'gutter-born', appearance: {} },
  });
  const characterId = created.body.characterId as CharacterId;
  const playing = await world.openSession({ ...actor, characterId });
  const operation = createOperation({ actor: { origin: 'test' }, correlationId: 'test', causationId: 'test' });
  const issued = issueTicket(playing, { purpose: 'zone', zoneId: startingZone.id, characterId }, Date.now());
  await operation.commit({ writes: [issued.write] });

  const socket = new WebSocket(`ws://127.0.0.1:${port}/shard-0/zone`);
  const client = new ZoneClient(socket as unknown as SocketLike, issued.ticket);
  const goodbye = new Promise<{ code: number }>((tell) => client.on('closed', tell));
  await client.ready;
  client.run();
  const { x, y } = client.place;
  await client.walkTo(x + 3, y);
  await vi.waitFor(() => expect(client.self?.x).toBeCloseTo(x + 3 - client.welcome.originX, 1));

  fleet.kill('SIGTERM');
  expect((await goodbye).code).toBe(closeCodes.moving);
  expect(await ended, output.join('')).toEqual([0, null]);
  const saved = await loadCharacterForZone(characterId, startingZone.id);
  expect(Math.abs(saved!.state!.x - (x + 3))).toBeLessThan(0.1);
  expect((await presenceOf(characterId))?.zoneId).toBeUndefined();
}, 60_000);
