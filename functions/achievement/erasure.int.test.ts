import { afterAll, beforeAll, expect, it } from 'vitest';
import { ACCOUNT_ERASED } from '#events/account.ts';
import { type Changes, event } from '#shared/events/changes.ts';
import { createOperation } from '#shared/events/operation.ts';
import { createId } from '#shared/kernel/ids.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { exportOf } from './public.ts';
import { saveProgressWrite } from './store.ts';

let world: TestWorld;
beforeAll(async () => {
  world = await startTestWorld();
});
afterAll(() => world.stop());

const commit = (changes: Changes) =>
  createOperation({ actor: { origin: 'test' }, correlationId: 'test', causationId: 'test' }).commit(changes);

it('forgets what an erased player’s characters have achieved, and nobody else’s', async () => {
  const [gone, bystander] = [createId('chr'), createId('chr')];
  const accountId = createId('acc');
  const unlockedAtMs = world.clock.nowMs();
  for (const characterId of [gone, bystander]) {
    const progress = {
      characterId,
      accountId,
      counters: { kills: 3 },
      unlocked: { 'first-blood': unlockedAtMs },
      version: 1,
    };
    await commit({
      writes: (['kill', 'quest'] as const).map((kind) => saveProgressWrite({ ...progress, kind })),
    });
  }
  const data = { accountId, characterIds: [gone] };
  await commit({ events: [event(ACCOUNT_ERASED, { aggregateId: accountId, aggregateSeq: 2, data })] });
  await world.deliver({ twice: true });

  expect(await exportOf([gone, bystander])).toMatchObject({
    characters: [
      { characterId: gone, unlocked: [], counters: {} },
      { characterId: bystander, counters: { kill: { kills: 3 }, quest: { kills: 3 } } },
    ],
  });
});
