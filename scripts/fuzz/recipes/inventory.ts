import { items } from '#content/items.ts';
import { qualityRank } from '#content/quality.ts';
import { type ItemLeg, itemsOf, transferItems, wearDown } from '#functions/inventory/public.ts';
import { createId, deriveId, type ItemId, type Slug } from '#shared/kernel/ids.ts';
import type { Stage } from '../stage.ts';
import { commit, type KnownValues, type Recipe } from './recipe.ts';

const stack = items.all.find(({ maxStack, kind }) => maxStack >= 100 && kind === 'material')!;
const medicine = items.all.find(({ use, requiredLevel }) => use !== null && requiredLevel === 1)!;
const coat = items.all.find(
  ({ slot, bind, requiredLevel }) => slot === 'torso' && bind === 'none' && requiredLevel === 1,
)!;
const precious = items.all.find(({ quality, maxStack }) => qualityRank(quality) >= 2 && maxStack === 1)!;

/** Out of the world, so that the bank is open; with money that no run spends. */
const OWNER = 'dov';
const MONEY = 1_000_000_000_000n;

const characterOf = (stage: Stage) => stage.player(OWNER).actor.characterId;

async function carryOut(stage: Stage, leg: ItemLeg): Promise<ItemId> {
  const cause = { reason: 'fuzz', cause: 'fuzz', atMs: stage.world.clock.nowMs() };
  const { items: arrived, changes } = await transferItems([leg], cause);
  await commit(changes);
  return arrived[0]!.itemId;
}

/** Makes one stack of the owner. */
function make(
  stage: Stage,
  occasion: string,
  made: { readonly templateId: Slug; readonly count: number; readonly container?: 'bag' | 'bank' },
): Promise<ItemId> {
  const { templateId, count, container = 'bag' } = made;
  const characterId = characterOf(stage);
  return carryOut(stage, {
    kind: 'mint',
    templateId,
    count,
    origin: 'quest',
    source: [characterId, 'fuzz', occasion],
    destination: { to: 'character', characterId, container, overflow: 'refuse' },
  });
}

/** Endpoints meet an item that suits them. */
function forEndpoints(
  name: string,
  endpoints: readonly string[],
  values: (stage: Stage) => Promise<KnownValues>,
): Recipe {
  return { name, endpoints, prepare: async (stage) => ({ caller: OWNER, values: await values(stage) }) };
}

/** What the inventory's endpoints need to succeed. */
export const inventoryRecipes: readonly Recipe[] = [
  {
    name: 'Dov has money',
    prepare: async (stage) => {
      stage.world.till.balances.set(characterOf(stage), MONEY);
      return undefined;
    },
  },
  forEndpoints('a stack, and one to pour it into', ['inventory.merge-stacks'], async (stage) => ({
    itemId: [await make(stage, 'pour', { templateId: stack.id, count: 30 })],
    into: [await make(stage, 'poured', { templateId: stack.id, count: 3 })],
    count: [1, 30],
    version: [1],
  })),
  forEndpoints(
    'a stack to cut and carry',
    ['inventory.split-stack', 'inventory.move-item', 'inventory.deposit'],
    async (stage) => ({
      itemId: [await make(stage, 'cut', { templateId: stack.id, count: 90 })],
      count: [1, 5, 89],
      slot: [20, 21, 39],
      version: [1],
    }),
  ),
  forEndpoints('a stack in the bank', ['inventory.withdraw'], async (stage) => ({
    itemId: [await make(stage, 'banked', { templateId: stack.id, count: 90, container: 'bank' })],
    count: [1, 5, 90],
    version: [1],
  })),
  forEndpoints('a coat', ['inventory.equip-item'], async (stage) => ({
    itemId: [await make(stage, 'coat', { templateId: coat.id, count: 1 })],
    slot: [2],
    version: [1],
  })),
  forEndpoints('a thing of worth', ['inventory.destroy-item'], async (stage) => ({
    itemId: [await make(stage, 'precious', { templateId: precious.id, count: 1 })],
    container: ['bag'],
    confirm: [precious.id],
    count: [1],
    version: [1],
  })),
  forEndpoints('something to use', ['inventory.use-item'], async (stage) => ({
    itemId: [await make(stage, 'medicine', { templateId: medicine.id, count: 9 })],
    version: [1],
  })),
  forEndpoints('something lost', ['inventory.restore-item', 'inventory.list-restorable'], async (stage) => {
    const characterId = characterOf(stage);
    const itemId = await make(stage, 'lost', { templateId: precious.id, count: 1 });
    const destination = { to: 'sink', reason: 'destroyed', lostBy: { characterId } } as const;
    await carryOut(stage, { kind: 'move', itemId, from: characterId, bound: 'any', destination });
    return { itemId: [itemId] };
  }),
  forEndpoints(
    'what Dov wears, worn out',
    ['inventory.repair-items', 'inventory.unequip-item', 'inventory.get-equipment'],
    async (stage) => {
      const characterId = characterOf(stage);
      const cause = { reason: 'fuzz', cause: 'fuzz', atMs: stage.world.clock.nowMs() };
      await commit(await wearDown(characterId, 50, cause));
      const worn = (await itemsOf(characterId)).filter(({ container }) => container === 'equipment');
      const ids = worn.map(({ itemId }) => itemId);
      return { itemId: ids, itemIds: [ids.slice(0, 1), ids], maxPrice: ['1000000'], version: [2] };
    },
  ),
  {
    name: 'Cyd has paid for a repair',
    endpoints: ['settlement.get-settlement'],
    prepare: async (stage) => {
      const { actor } = stage.player('cyd');
      const { characterId } = actor;
      stage.world.till.balances.set(characterId, MONEY);
      await commit(await wearDown(characterId, 50, { reason: 'fuzz', cause: 'fuzz', atMs: stage.world.clock.nowMs() }));
      const worn = (await itemsOf(characterId)).filter(({ container }) => container === 'equipment');
      const idempotencyKey = createId('opr');
      const body = { itemIds: worn.map(({ itemId }) => itemId) };
      await stage.must('inventory.repair-items', { body, idempotencyKey }, actor);
      const transactionId = deriveId('txn', characterId, 'inventory.repair-items', idempotencyKey);
      return { caller: 'cyd', values: { transactionId: [transactionId] } };
    },
  },
  forEndpoints('bag and bank of Dov', ['inventory.sort-container', 'inventory.list-inventory'], async () => ({
    container: ['bag', 'bank'],
  })),
];
