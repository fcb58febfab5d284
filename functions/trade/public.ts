import { requireOwner, type ZoneFence, zoneOperation } from '#functions/zone/public.ts';
import { mergeChanges } from '#shared/events/changes.ts';
import { clock, toIso } from '#shared/kernel/clock.ts';
import type { CharacterId, TradeId } from '#shared/kernel/ids.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { cancelled, isLive, lapsed } from './negotiation.ts';
import type { ZoneEndReason } from './rules.ts';
import { ended } from './standing.ts';
import { getTrade, tradeOfCharacter } from './store.ts';
import { listPast } from './store-past.ts';
import { shownOffer } from './view.ts';

export type { ZoneEndReason };

/**
 * The zone's owner tells that the two of a trade are too far apart, or that one fights or is dead: the trade ends.
 * A trade that is over, or is none of this zone, stays as it is; repeating it changes nothing. One that is being
 * settled at this moment ends so if nothing changes hands.
 * @throws GameError `zone.fenced` when the caller has lost the zone.
 */
export async function endTradeByZone(
  fence: ZoneFence,
  { tradeId, reason }: { readonly tradeId: TradeId; readonly reason: ZoneEndReason },
): Promise<void> {
  await withConflictRetry(async () => {
    const trade = await getTrade(tradeId);
    if (trade?.zoneId !== fence.zoneId) return;
    const next = cancelled(trade, reason);
    if (next === trade) return;
    await zoneOperation(tradeId).commit(mergeChanges({ writes: [requireOwner(fence)] }, ended(trade, next)));
  });
}

/** What keeps a character from being deleted: it is in a trade, or has asked for one. */
export async function obligationsOf(who: { readonly characterId: CharacterId }): Promise<readonly 'trade.open'[]> {
  const trade = await tradeOfCharacter(who.characterId);
  return trade && isLive(lapsed(trade, clock.nowMs())) ? ['trade.open'] : [];
}

/** Trades of one character in an export. */
const EXPORTED_TRADES = 100;

/** The latest trades of an account's characters, for their player. */
export async function exportOf(characterIds: readonly CharacterId[]): Promise<object> {
  const lists = characterIds.map(async (characterId) => {
    const { trades } = await listPast(characterId, { partnerId: undefined, limit: EXPORTED_TRADES, after: undefined });
    return {
      characterId,
      trades: trades.map(({ tradeId, transactionId, partnerId, zoneId, completedAtMs, gave, got }) => ({
        tradeId,
        transactionId,
        partnerId,
        zoneId,
        completedAt: toIso(completedAtMs),
        gave: shownOffer(gave),
        got: shownOffer(got),
      })),
    };
  });
  return { characters: await Promise.all(lists) };
}
