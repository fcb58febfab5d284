import type { ItemLeg } from '#functions/inventory/public.ts';
import { settle } from '#functions/settlement/public.ts';
import { GameError } from '#shared/contract/errors.ts';
import type { Operation } from '#shared/events/operation.ts';
import type { ItemId } from '#shared/kernel/ids.ts';
import type { MoneyLeg } from '#shared/ledger/ledger.ts';
import type { Write } from '#shared/table/write.ts';
import { countedGift, countWithin } from './allowance.ts';
import { cancelled, otherSide, reopened, type SideIndex, settling, type Trade } from './negotiation.ts';
import { changedItems } from './offering.ts';
import { stillPlaying, stillThere } from './opening.ts';
import type { Failure } from './rules.ts';
import { tradeSettlement } from './settlement.ts';
import { type Aside, changed, ended } from './standing.ts';
import { putTrade, toStored } from './store.ts';

function itemLegs({ sides }: Trade): readonly ItemLeg[] {
  return ([0, 1] as const).flatMap((index) => {
    const { characterId: from, offer } = sides[index];
    const { characterId } = sides[otherSide(index)];
    const destination = { to: 'character', characterId, overflow: 'refuse' } as const;
    return offer.items.map(({ itemId, ver }): ItemLeg => ({ kind: 'move', itemId, ver, from, destination }));
  });
}

function moneyLegs({ sides }: Trade): readonly MoneyLeg[] {
  return ([0, 1] as const).flatMap((index) => {
    const { characterId: from, offer } = sides[index];
    const { characterId: to } = sides[otherSide(index)];
    return offer.money.map(({ currency, amount }) => ({ currency, from, to, amount }));
  });
}

/**
 * Carries out a trade on which both have agreed, as the operation's one commit: both are still there and playing, both
 * are within their allowances, every item is what was offered, and slots are taken on both sides.
 * @param agreed as it is stored, but for the accept that is being given.
 * @param conditions of whoever accepts.
 */
export async function carryOut(operation: Operation, agreed: Trade, index: SideIndex, conditions: readonly Write[]) {
  const { nowMs, transactionId } = operation;
  const { sides, zoneId } = agreed;
  const [items, money] = [itemLegs(agreed), moneyLegs(agreed)];
  const isAtOnce = money.length === 0;
  const before = isAtOnce ? agreed : settling(agreed, transactionId);
  const counted = (await Promise.all(sides.map((side) => countedGift(side, nowMs)))).filter((one) => one !== undefined);
  return settle(operation, {
    settlement: tradeSettlement,
    reason: 'trade',
    context: {
      trade: toStored(before) as Parameters<typeof tradeSettlement.delivered>[0]['context']['trade'],
      index,
      gifts: counted.map(({ gift }) => ({ ...gift, value: gift.value.toString() })),
    },
    items,
    money,
    prepare: {
      writes: [
        ...conditions,
        ...(isAtOnce ? [] : [putTrade(before)]),
        ...sides.map((side) => stillThere(side, zoneId)),
        stillPlaying(sides[otherSide(index)]),
        ...counted.map((one) => countWithin(one, nowMs)),
      ],
    },
  });
}

/** Failures by the code with which the beginning of a settlement is refused. */
const failureOf: Readonly<Record<string, Failure>> = {
  'inventory.full': 'no_room',
  'inventory.item_not_found': 'item_changed',
  'inventory.item_changed': 'item_changed',
  'inventory.item_bound': 'item_changed',
  'inventory.item_expired': 'item_changed',
  'trade.daily_limit': 'daily_limit',
};

/**
 * What a refusal to begin means for the trade: nothing has moved, and both have to look again. Items that are not what
 * they were leave the offers. Where one side is gone the trade is over. Other refusals leave it as it is.
 */
export async function reopen(trade: Trade, refusal: unknown, aside: Aside): Promise<void> {
  if (refusal instanceof GameError && refusal.code === 'trade.not_together') {
    await aside.operation().commit(ended(trade, cancelled(trade, 'left_world')));
    return;
  }
  const failure = refusal instanceof GameError ? failureOf[refusal.code] : undefined;
  if (!failure) return;
  const gone = failure === 'item_changed' ? await changedItems(trade, aside.nowMs) : new Set<ItemId>();
  await aside.operation().commit(changed(reopened(trade, failure, aside.nowMs, gone)));
}
