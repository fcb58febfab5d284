import { afterAll, beforeAll, expect, it } from 'vitest';
import { ACCOUNT_ERASED } from '#events/account.ts';
import { type Changes, event } from '#shared/events/changes.ts';
import { createOperation } from '#shared/events/operation.ts';
import { type CharacterId, createId } from '#shared/kernel/ids.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { exportOf } from './public.ts';
import { createRunWrite, readLog, saveLogWrite } from './store.ts';

let world: TestWorld;
beforeAll(async () => {
  world = await startTestWorld();
});
afterAll(() => world.stop());

const commit = (changes: Changes) =>
  createOperation({ actor: { origin: 'test' }, correlationId: 'test', causationId: 'test' }).commit(changes);

/** Puts quests under way: more than one transaction deletes. */
async function takeQuests(characterId: CharacterId, count: number): Promise<void> {
  const accountId = createId('acc');
  const runs = Array.from({ length: count }, (_none, index) =>
    createRunWrite({
      characterId,
      accountId,
      questId: `quest-${index}`,
      period: 'once',
      state: 'ACTIVE',
      counters: {},
      node: undefined,
      seed: 'seed',
      acceptedAtMs: world.clock.nowMs(),
      version: 1,
    }),
  );
  await commit({ writes: [...runs, saveLogWrite(await readLog(characterId), count)] });
}

it('forgets the quests of an erased player’s characters, and nobody else’s', async () => {
  const [one, two, bystander] = [createId('chr'), createId('chr'), createId('chr')];
  await takeQuests(one, 70);
  await takeQuests(two, 1);
  await takeQuests(bystander, 2);
  const accountId = createId('acc');
  const data = { accountId, characterIds: [one, two] };
  await commit({ events: [event(ACCOUNT_ERASED, { aggregateId: accountId, aggregateSeq: 2, data })] });
  await world.deliver({ twice: true });

  const rows = await world.snapshot();
  expect(rows.filter(({ pk }) => pk === `CHR#${one}` || pk === `CHR#${two}`)).toEqual([]);
  expect(await exportOf([bystander])).toMatchObject({ characters: [{ underWay: { length: 2 }, done: [] }] });
});
