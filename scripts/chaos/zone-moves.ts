import { SOFT_CURRENCY } from '#content/currencies.ts';
import { items as itemTemplates } from '#content/items.ts';
import { mergeStacks, splitStack } from '#functions/inventory/contract-arrange.ts';
import { pickUp } from '#functions/loot/contract.ts';
import type { RecordedDrop } from '#functions/loot/public.ts';
import { accept, cancel, lock, setOffer, viewCurrent } from '#functions/trade/contract.ts';
import { acceptRequest, requestTrade } from '#functions/trade/contract-requests.ts';
import { tradeLimits } from '#functions/trade/rules.ts';
import { buy, buyBack, listBuyBacks, sell, viewGoods } from '#functions/vendor/contract.ts';
import type { ItemId, TradeId } from '#shared/kernel/ids.ts';
import type { SeededRandom } from '#shared/testing/seeded-random.ts';
import type { CloudProcess } from './cloud-process.ts';
import type { RestlessPlayer } from './restless-player.ts';

const VENDOR = 'brine-and-sons';
const params = { vendorId: VENDOR } as const;
const GOODS = ['stitch-spray', 'battery-gel', 'noodle-bowl'];
const MOST_IN_BAG = 25;
/** Stacks that each side gives in a trade. */
const OFFERED = 2;

/** `deal`: the trade on which they have agreed: what is in it they leave alone. */
type Move = (player: RestlessPlayer, dice: SeededRandom, deal: Agreed) => Promise<void>;

async function free(player: RestlessPlayer, { offered }: Agreed) {
  return (await player.stacks('bag')).filter(({ itemId }) => !offered.has(itemId));
}

const purchase: Move = async (player, dice) => {
  const { goods } = await player.read(viewGoods, { params });
  const { templateId, unitPrice } = dice.pick(goods.filter((one) => GOODS.includes(one.templateId)));
  await player.act(buy, { params, body: { templateId, count: dice.int(1, 3), unitPrice } });
};

/** Of two clients of a player one sells it, the other hears that it is gone. */
const sale: Move = async (player, dice, deal) => {
  const all = await free(player, deal);
  if (all.length === 0) return;
  const { itemId, version } = dice.pick(all);
  await player.act(sell, { params, body: { itemId, version } });
};

const takingBack: Move = async (player, dice) => {
  const { buyBacks } = await player.read(listBuyBacks, { params });
  if (buyBacks.length === 0) return;
  await player.act(buyBack, { params: { ...params, itemId: dice.pick(buyBacks).itemId } });
};

const rearrange: Move = async (player, dice, deal) => {
  const all = await free(player, deal);
  const heaps = all.filter(({ count }) => count > 1);
  if (heaps.length > 0 && all.length < MOST_IN_BAG) {
    const { itemId, count } = dice.pick(heaps);
    await player.act(splitStack, { params: { itemId }, body: { count: dice.int(1, count - 1) } });
    return;
  }
  for (const { itemId, templateId } of all) {
    const other = all.find((one) => one.itemId !== itemId && one.templateId === templateId);
    if (other) return void (await player.act(mergeStacks, { params: { itemId }, body: { into: other.itemId } }));
  }
};

const moves: readonly Move[] = [purchase, purchase, sale, sale, takingBack, takingBack, rearrange];

/** One thing that a player of a character in the zone does with its possessions. */
export function nextZoneMove(player: RestlessPlayer, dice: SeededRandom, deal: Agreed): Promise<void> {
  return dice.pick(moves)(player, dice, deal);
}

/** Everybody reaches for everything that lies there, all at once; each gets what they get. */
export async function grab(player: RestlessPlayer, drops: readonly RecordedDrop[]): Promise<void> {
  for (const { dropId, slots } of drops) {
    for (const { slotIndex } of slots) {
      await player.act(pickUp, { params: { dropId, slotIndex: String(slotIndex) } });
    }
  }
}

/** A trade on which two have agreed: both have locked, and it can be accepted. */
export interface Agreed {
  readonly sides: readonly [RestlessPlayer, RestlessPlayer];
  readonly offered: ReadonlySet<ItemId>;
  readonly seen: { readonly params: { readonly tradeId: TradeId }; readonly body: { readonly offerHash: string } };
}

/** What vendors pay for all of it. */
function worthOf({ templateId, count }: { readonly templateId: string; readonly count: number }): number {
  return itemTemplates.get(templateId).vendorValue * count;
}

/** Two who stand together put items and money of both into a trade. */
export async function agree(
  sides: readonly [RestlessPlayer, RestlessPlayer],
  cloud: CloudProcess,
  dice: SeededRandom,
): Promise<Agreed> {
  const [asker, asked] = sides;
  // What the last crash has left open is in the way.
  const before = (await asker.read(viewCurrent, {})).trade;
  if (before) await asker.read(cancel, { params: { tradeId: before.tradeId } });
  const { tradeId } = await asker.read(requestTrade, { body: { characterId: asked.character } });
  await asked.read(acceptRequest, { params: { tradeId } });
  const offered = new Set<ItemId>();
  for (const player of sides) {
    // The cheapest: what an account may give away in a day has to last for all rounds.
    const stacks = (await player.stacks('bag'))
      .filter(({ bind }) => bind === 'none')
      .sort((one, other) => worthOf(one) - worthOf(other));
    const items = stacks.slice(0, OFFERED).map(({ itemId }) => itemId as ItemId);
    for (const itemId of items) offered.add(itemId);
    const money = [{ currency: SOFT_CURRENCY, amount: String(dice.int(1, 50)) }];
    await player.read(setOffer, { params: { tradeId }, body: { items, money } });
  }
  const { trade } = await asker.read(viewCurrent, {});
  const seen = { params: { tradeId: tradeId as TradeId }, body: { offerHash: trade!.offerHash } };
  for (const player of sides) await player.read(lock, seen);
  await cloud.advance(tradeLimits.coolDownMs);
  return { sides, offered, seen };
}

/** One side accepts: of the two the second settles the trade. */
export async function acceptFor({ sides, seen }: Agreed, index: 0 | 1): Promise<void> {
  await sides[index].act(accept, seen);
}
