import { freeBagSlots } from '#functions/inventory/public.ts';
import { GameError } from '#shared/contract/errors.ts';
import { otherSide, type SideIndex, type Trade } from './negotiation.ts';

/**
 * Looks whether both bags have room for what they would get: what a side gives makes room for it. Slots are taken for
 * certain only when both have accepted; this tells before.
 * @throws GameError `trade.no_room`, with whose bag is too full as the asking side sees it, and how many slots lack.
 */
export async function requireRoom(trade: Trade, asking: SideIndex): Promise<void> {
  const lacking = await Promise.all(
    ([0, 1] as const).map(async (index) => {
      const [gives, gets] = [index, otherSide(index)].map((one) => trade.sides[one]!.offer.items.length);
      const needed = gets! - gives!;
      return needed <= 0 ? 0 : needed - (await freeBagSlots(trade.sides[index].characterId));
    }),
  );
  for (const index of [0, 1] as const) {
    const slots = lacking[index]!;
    if (slots > 0) throw new GameError('trade.no_room', { side: index === asking ? 'you' : 'partner', slots });
  }
}
