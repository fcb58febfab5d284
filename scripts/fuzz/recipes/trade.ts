import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { SOFT_CURRENCY } from '#content/currencies.ts';
import { vendors } from '#content/vendors.ts';
import { tradeLimits } from '#functions/trade/rules.ts';
import { getTrade, putTrade } from '#functions/trade/store.ts';
import { VENDOR_FAUCET } from '#functions/vendor/rules.ts';
import { claimZone, enterZone, type ZoneFence } from '#functions/zone/public.ts';
import { DAY_MS } from '#shared/kernel/clock.ts';
import { createId, type ItemId, type TradeId } from '#shared/kernel/ids.ts';
import { ledger } from '#shared/ledger/ledger.ts';
import { accountKeys } from '#shared/table/keys/account.ts';
import { give, placeOfVendor, standAt } from '#shared/testing/traders.ts';
import type { Player, Stage } from '../stage.ts';
import { commit, type Precondition, type Recipe, unproven } from './recipe.ts';

/** Not the zone of the other recipes: claiming that one anew would end the stays there. */
const canteen = vendors.get('cinder-canteen');

const zonesOfStages = new WeakMap<Stage, ZoneFence>();

async function zoneOf(stage: Stage): Promise<ZoneFence> {
  const known = zonesOfStages.get(stage);
  if (known) return known;
  const shardId = createId('shd');
  const claimed = await claimZone({ zoneId: canteen.zone, shardId, url: 'wss://zone.test', leaseMs: DAY_MS });
  const fence = { zoneId: canteen.zone, shardId, epoch: claimed!.epoch };
  zonesOfStages.set(stage, fence);
  return fence;
}

interface Trader extends Player {
  readonly stacks: readonly ItemId[];
}

/** Two new players who stand together, each with two stacks. */
async function twoTraders(stage: Stage, names: readonly [string, string]): Promise<[Trader, Trader]> {
  const zone = await zoneOf(stage);
  const traders: Trader[] = [];
  for (const name of names) {
    const player = await stage.cast(name);
    await enterZone(zone, player.actor);
    const stacks = await give(stage.world, player.actor, ['scrap-alloy', 40], ['noodle-bowl', 5]);
    for (const itemId of stacks) player.pool.add('itemId', itemId);
    traders.push({ ...player, stacks });
  }
  return traders as [Trader, Trader];
}

async function ask(stage: Stage, asker: Player, asked: Player): Promise<TradeId> {
  const body = { characterId: asked.actor.characterId };
  return ((await stage.must('trade.request-trade', { body }, asker.actor)).body as { tradeId: TradeId }).tradeId;
}

/** Trades last for seconds: this one is given a day, so that every case finds it as it is. */
async function prolong(stage: Stage, tradeId: TradeId): Promise<void> {
  const trade = await getTrade(tradeId);
  const nowMs = stage.world.clock.nowMs();
  const idle = trade!.state === 'OPEN' ? { idleEndsAtMs: nowMs + DAY_MS } : {};
  const calm = { ...idle, coolDownEndsAtMs: nowMs, endsAtMs: nowMs + DAY_MS, rev: trade!.rev + 1 };
  await commit({ writes: [putTrade({ ...trade!, ...calm })] });
}

/** An open trade of these two, in which the first offers its stacks. */
async function openTrade(stage: Stage, [first, second]: readonly [Trader, Trader]): Promise<TradeId> {
  const tradeId = await ask(stage, first, second);
  await stage.must('trade.accept-request', { params: { tradeId } }, second.actor);
  const body = { items: first.stacks, money: [] };
  await stage.must('trade.set-offer', { params: { tradeId }, body }, first.actor);
  await prolong(stage, tradeId);
  return tradeId;
}

async function hashOf(stage: Stage, { actor }: Player): Promise<string> {
  const { body } = await stage.must('trade.view-current', {}, actor);
  return (body as { trade: { offerHash: string } }).trade.offerHash;
}

/** Just above what takes a step-up. */
const MUCH = tradeLimits.stepUpAboveMinor + 1n;

/** Makes a player's account old enough to give that much in a day. */
async function grow({ world }: Stage, { actor: { accountId } }: Player): Promise<void> {
  await world.client.send(
    new UpdateCommand({
      TableName: world.tableName,
      Key: accountKeys.account.primary({ accountId }),
      UpdateExpression: 'SET createdAtMs = createdAtMs - :age',
      ExpressionAttributeValues: { ':age': 30 * DAY_MS },
    }),
  );
}

/** A trade of two new players that both have locked, in which the first gives money alone, or goods. */
async function lockedTrade(stage: Stage, names: readonly [string, string], money: bigint) {
  const pair = await twoTraders(stage, names);
  const tradeId = await openTrade(stage, pair);
  const params = { tradeId };
  if (money > 0n) {
    await grow(stage, pair[0]);
    await fund(pair[0]);
    const body = { items: [], money: [{ currency: SOFT_CURRENCY, amount: String(money) }] };
    await stage.must('trade.set-offer', { params, body }, pair[0].actor);
    await prolong(stage, tradeId);
  }
  const offerHash = await hashOf(stage, pair[0]);
  for (const { actor } of pair) await stage.must('trade.lock', { params, body: { offerHash } }, actor);
  await prolong(stage, tradeId);
  return { tradeId: [tradeId], offerHash: [offerHash] };
}

/** More money than all cases together spend: what the ledger has decided is not put back. */
async function fund({ actor: { characterId } }: Player): Promise<void> {
  const leg = { currency: SOFT_CURRENCY, from: VENDOR_FAUCET, to: characterId, amount: 1_000_000_000n } as const;
  const id = createId('txn');
  await ledger().settle({ id, requestHash: id, kind: 'vendor-sale', reason: 'fuzz', legs: [leg] });
}

/** Who stands together, trades, and deals with vendors. */
export const tradeRecipes: readonly Recipe[] = [
  {
    name: 'Tansy stands beside Yarrow, and they are free',
    endpoints: ['trade.request-trade'],
    prepare: async (stage) => {
      const [, yarrow] = await twoTraders(stage, ['tansy', 'yarrow']);
      return { caller: 'tansy', values: { characterId: [yarrow.actor.characterId], characterName: ['Runyarrow'] } };
    },
  },
  {
    name: 'Sorrel has asked Borage to trade',
    endpoints: ['trade.accept-request', 'trade.decline-request'],
    prepare: async (stage) => {
      const [sorrel, borage] = await twoTraders(stage, ['sorrel', 'borage']);
      const tradeId = await ask(stage, sorrel, borage);
      await prolong(stage, tradeId);
      return { caller: 'borage', values: { tradeId: [tradeId] } };
    },
  },
  {
    name: 'Clover and Fennel are in a trade',
    endpoints: ['trade.set-offer', 'trade.lock', 'trade.unlock', 'trade.cancel'],
    prepare: async (stage) => {
      const pair = await twoTraders(stage, ['clover', 'fennel']);
      const tradeId = await openTrade(stage, pair);
      return { caller: 'clover', values: { tradeId: [tradeId], offerHash: [await hashOf(stage, pair[0])] } };
    },
  },
  {
    name: 'Sedge and Basil have both locked',
    endpoints: ['trade.accept'],
    prepare: async (stage) => ({ caller: 'sedge', values: await lockedTrade(stage, ['sedge', 'basil'], 0n) }),
  },
  {
    name: 'Lovage gives Sorghum so much that it takes the step-up that there was',
    endpoints: ['trade.accept'],
    isAlternative: true,
    prepare: async (stage) => ({ caller: 'lovage', values: await lockedTrade(stage, ['lovage', 'sorghum'], MUCH) }),
  },
  ...[tradeLimits.stepUpAboveMinor, MUCH].map((money, index): Recipe => {
    const names = [`dill${'ab'[index]}`, `cress${'ab'[index]}`] as const;
    return {
      name: `${names[0]}, who has proven nothing, gives ${money} ${index === 0 ? 'and may' : 'and may not'}`,
      endpoints: ['trade.accept'],
      isAlternative: true,
      prepare: async (stage) => {
        const values = await lockedTrade(stage, names, money);
        const actor = await unproven(stage, stage.player(names[0]));
        return { caller: names[0], actor, values };
      },
    };
  }),
  {
    name: 'Juniper stands before a vendor with money and goods',
    endpoints: ['vendor.buy', 'vendor.sell', 'vendor.sell-junk', 'vendor.buy-back'],
    prepare: async (stage): Promise<Precondition> => {
      const [juniper] = await twoTraders(stage, ['juniper', 'oregano']);
      const vendorId = canteen.id;
      await standAt(await zoneOf(stage), juniper.actor, placeOfVendor(canteen));
      await fund(juniper);
      const [sold, kept] = juniper.stacks;
      await stage.must('vendor.sell', { params: { vendorId }, body: { itemId: sold, version: 1 } }, juniper.actor);
      const extra = await give(stage.world, juniper.actor, ['salt-crystal', 9]);
      const { item, price } = canteen.stock.find(({ requiredLevel }) => requiredLevel === 1)!;
      return {
        caller: 'juniper',
        values: {
          vendorId: [vendorId],
          itemId: [sold, kept, ...extra],
          version: [1],
          templateId: [item],
          unitPrice: [String(price)],
          count: [1, 2],
        },
      };
    },
  },
];
