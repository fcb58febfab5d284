import { items } from '#content/items.ts';
import type { Act } from '#functions/custody/act.ts';
import { actLimits } from '#functions/custody/rules.ts';
import { beginWrite } from '#functions/custody/store-acts.ts';
import { logWrite } from '#functions/custody/store-log.ts';
import { itemsOf, transferItems, wearDown } from '#functions/inventory/public.ts';
import { createId, deriveId, type ItemId } from '#shared/kernel/ids.ts';
import type { Player, Stage } from '../stage.ts';
import { commit, type Recipe } from './recipe.ts';

const thing = items.all.find(
  ({ maxStack, bind, vendorValue }) => maxStack === 1 && bind === 'none' && vendorValue > 0,
)!;

const REASONS = ['Report 4711'];
const sums = { currency: ['eddies'], amount: ['1', '250', '49000', '60000'] };

let made = 0;

/** Whom staff look at, in whatever recipe comes first. */
async function zed(stage: Stage): Promise<Player> {
  return stage.players.get('zed') ?? (await stage.cast('zed'));
}

/** Something of no great worth in Zed's bag. */
async function something(stage: Stage): Promise<ItemId> {
  made += 1;
  const { characterId } = (await zed(stage)).actor;
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
      const { characterId, accountId } = (await zed(stage)).actor;
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
    name: 'Zed has things and money that staff may take',
    endpoints: ['custody.claw-back'],
    prepare: async (stage) => {
      const { characterId } = (await zed(stage)).actor;
      stage.world.till.balances.set(characterId, 1_000_000_000_000n);
      return {
        caller: 'boss',
        values: { characterId: [characterId], itemId: [await something(stage)], count: [1], ...sums, reason: REASONS },
      };
    },
  },
  {
    name: 'something of Zed’s is out of the game',
    endpoints: ['custody.grant'],
    prepare: async (stage) => {
      const { characterId } = (await zed(stage)).actor;
      const itemId = await something(stage);
      const destination = { to: 'sink', reason: 'destroyed' } as const;
      const { changes } = await transferItems([{ kind: 'move', itemId, from: characterId, destination }], {
        reason: 'fuzz',
        cause: 'fuzz',
        atMs: stage.world.clock.nowMs(),
      });
      await commit(changes);
      return {
        caller: 'boss',
        values: {
          characterId: [characterId],
          itemId: [itemId],
          templateId: [thing.id],
          count: [1, 2],
          ...sums,
          reason: REASONS,
        },
      };
    },
  },
  {
    name: 'somebody of the staff wants to give Zed much, and has to be agreed with',
    endpoints: ['custody.approve-proposal', 'custody.reject-proposal', 'custody.list-proposals', 'custody.list-acts'],
    prepare: async (stage) => {
      const { characterId, accountId } = (await zed(stage)).actor;
      const nowMs = stage.world.clock.nowMs();
      const actId = createId('cac');
      const proposal: Act = {
        actId,
        kind: 'grant',
        state: 'PROPOSED',
        characterId,
        accountId,
        content: { items: [], mint: [], money: [{ currency: 'eddies', amount: '1000000' }] },
        worth: '1000000',
        reason: 'Report 4711',
        by: createId('acc'),
        atMs: nowMs,
        expiresAtMs: nowMs + actLimits.proposalLifeMs,
      };
      await commit({ writes: [beginWrite(proposal)] });
      return { caller: 'boss', values: { actId: [actId], owner: [characterId], reason: REASONS } };
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
