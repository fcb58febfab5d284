import { getCharacters } from '#functions/character/public.ts';
import { toIso } from '#shared/kernel/clock.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { decodeCursor, encodeCursor } from '#shared/runtime/page.ts';
import { tradeKeys } from '#shared/table/keys/trade.ts';
import { listHistory } from '../contract.ts';
import { listPast } from '../store-past.ts';
import { shownOffer } from '../view.ts';

export const handler = endpointHandler(listHistory, async ({ input, actor }) => {
  const { partnerId, limit, cursor } = input.query;
  const after = decodeCursor(cursor, partnerId ? '' : tradeKeys.past.sortPrefix);
  const { trades, lastSortKey } = await listPast(actor.characterId, { partnerId, limit, after });
  const partners = await getCharacters([...new Set(trades.map((trade) => trade.partnerId))]);
  const nameOf = new Map(partners.map(({ characterId, name }) => [characterId, name]));
  return {
    trades: trades.map((trade) => ({
      tradeId: trade.tradeId,
      transactionId: trade.transactionId,
      completedAt: toIso(trade.completedAtMs),
      zoneId: trade.zoneId,
      partner: { characterId: trade.partnerId, name: nameOf.get(trade.partnerId) },
      gave: shownOffer(trade.gave),
      got: shownOffer(trade.got),
    })),
    nextCursor: encodeCursor(lastSortKey),
  };
});
