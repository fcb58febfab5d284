import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventRegistry } from '#events/registry.ts';
import type { EventEnvelope } from '#shared/contract/event.ts';
import { createId } from '#shared/kernel/ids.ts';
import { invokeSubscriber, startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { countEvents, listEvents } from './contract.ts';
import { handler } from './endpoints/list-events.ts';

let world: TestWorld;

beforeAll(async () => {
  world = await startTestWorld();
});
afterAll(() => world.stop());

function example(name: string, occurredAt: string): EventEnvelope {
  const { version } = eventRegistry.find((event) => event.name === name)!;
  const file = new URL(`../../events/fixtures/${name}.v${version}.json`, import.meta.url);
  return { ...(JSON.parse(readFileSync(file, 'utf8')) as EventEnvelope), id: createId('evt'), occurredAt };
}

async function count(...events: EventEnvelope[]) {
  for (const event of events) {
    expect(await invokeSubscriber(countEvents, event)).toEqual({ batchItemFailures: [] });
  }
}

async function countsOf(day: string) {
  const actor = world.actor({ roles: ['admin'] });
  return world.call(handler, listEvents, { actor, query: { day } });
}

it('counts every kind of event of the registry', async () => {
  await count(...eventRegistry.map(({ name }) => example(name, '2026-03-01T12:00:00.000Z')));
  const { body } = await countsOf('2026-03-01');
  expect(body.events).toEqual(
    eventRegistry.map(({ name }) => ({ name, count: 1 })).sort((a, b) => (a.name < b.name ? -1 : 1)),
  );
});

it('keeps no id of anybody, so that it needs nobody’s consent and has nothing to erase', async () => {
  await count(...eventRegistry.map(({ name }) => example(name, '2026-03-06T12:00:00.000Z')));
  const kept = JSON.stringify((await world.snapshot()).filter(({ pk }) => String(pk).startsWith('ANADAY#2026-03-06')));
  expect(kept).toContain('LOGIN_SUCCESS');
  expect(kept).not.toMatch(/(acc|chr|ses|itm)_/);
});

it('counts an event once, whether it comes again later or at the same moment', async () => {
  const event = example('LEVEL_UP', '2026-03-02T00:00:00.000Z');
  await Promise.all([count(event), count(event), count(event)]);
  await count(event);
  expect((await countsOf('2026-03-02')).body).toEqual({ day: '2026-03-02', events: [{ name: 'LEVEL_UP', count: 1 }] });
});

it('counts each of many at once, most frequent first', async () => {
  const noon = '2026-03-03T12:00:00.000Z';
  const events = Array.from({ length: 40 }, (_none, n) => example(n % 4 === 0 ? 'LOGOUT' : 'NPC_DIED', noon));
  await Promise.all(events.map((event) => count(event)));
  expect((await countsOf('2026-03-03')).body.events).toEqual([
    { name: 'NPC_DIED', count: 30 },
    { name: 'LOGOUT', count: 10 },
  ]);
});

it('takes the day of the event, to the millisecond', async () => {
  await count(example('LOGOUT', '2026-03-04T23:59:59.999Z'), example('LOGOUT', '2026-03-05T00:00:00.000Z'));
  expect((await countsOf('2026-03-04')).body.events).toEqual([{ name: 'LOGOUT', count: 1 }]);
  expect((await countsOf('2026-03-05')).body.events).toEqual([{ name: 'LOGOUT', count: 1 }]);
});

it('has nothing of a day without events', async () => {
  expect(await countsOf('2025-01-01')).toMatchObject({ status: 200, body: { events: [] } });
});

it.each([['player'], ['moderator'], ['gm']] as const)('is closed to a %s', async (role) => {
  const options = { actor: world.actor({ roles: [role] }), query: { day: '2026-03-01' } };
  expect(await world.call(handler, listEvents, options)).toMatchObject({
    status: 403,
    body: { code: 'auth.forbidden' },
  });
});

it.each([{}, { day: '2026-02-30' }, { day: 'today' }, { day: '2026-03-01#' }, { day: '2026-03-01', x: '1' }])(
  'refuses the query %j',
  async (query) => {
    const options = { actor: world.actor({ roles: ['admin'] }), query: query as Record<string, string> };
    expect((await world.call(handler, listEvents, options)).status).toBe(400);
  },
);
