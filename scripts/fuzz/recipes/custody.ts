import { items } from '#content/items.ts';
import { logWrite } from '#functions/custody/store-log.ts';
import { itemsOf, transferItems, wearDown } from '#functions/inventory/public.ts';
import { createId, deriveId, type ItemId } from '#shared/kernel/ids.ts';
import type { Stage } from '../stage.ts';
import { commit, type Recipe } from './recipe.ts';

const thing = items.all.find(
  ({ maxStack, bind, vendorValue }) => maxStack === 1 && bind === 'none' && vendorValue > 0,
)!;

let made = 0;

/** Something of no great worth in Zed's bag. */
async function something(stage: Stage): Promise<ItemId> {
  made += 1;
  const { characterId } = stage.player('zed').actor;
  const destination = { to: 'character', characterId, overflow: 'refuse' } as const;
  const { items: arrived, changes } = await transferItems(
    [
      {
        kind: 'mint',
        templateId: thing.id,
        count: 1,
        origin: 'quest',
        source: [characterId, 'custody', made],
        destination,
      },
    ],
    { reason: 'fuzz', cause: 'fuzz', atMs: stage.world.clock.nowMs() },
  );
  await commit(changes);
  return arrived[0]!.itemId;
}

/** What staff need to trace and to move value. */
export const custodyRecipes: readonly Recipe[] = [
  {
    name: 'Zed has something that staff want to trace',
    endpoints: ['custody.view-item', 'custody.view-owner', 'custody.list-hand-overs', 'custody.view-log'],
    prepare: async (stage) => {
      const { characterId, accountId } = (await stage.cast('zed')).actor;
      const itemId = await something(stage);
      for (const subject of [itemId, characterId]) {
        const look = { subject, operationId: createId('opr'), atMs: stage.world.clock.nowMs(), staffId: accountId };
        await commit({ writes: [logWrite({ ...look, action: 'look' })] });
      }
      return {
        caller: 'boss',
        values: { itemId: [itemId], owner: [characterId], subject: [itemId, characterId] },
      };
    },
  },
  {
    name: 'Zia has paid for a repair',
    endpoints: ['custody.view-transaction'],
    prepare: async (stage) => {
      const { actor } = await stage.cast('zia');
      const { characterId } = actor;
      stage.world.till.balances.set(characterId, 1_000_000n);
      await commit(await wearDown(characterId, 50, { reason: 'fuzz', cause: 'fuzz', atMs: stage.world.clock.nowMs() }));
      const worn = (await itemsOf(characterId)).filter(({ container }) => container === 'equipment');
      const idempotencyKey = createId('opr');
      const body = { itemIds: worn.map(({ itemId }) => itemId) };
      await stage.must('inventory.repair-items', { body, idempotencyKey }, actor);
      const transactionId = deriveId('txn', characterId, 'inventory.repair-items', idempotencyKey);
      return { caller: 'boss', values: { transactionId: [transactionId] } };
    },
  },
];
