import { GameError } from '#shared/contract/errors.ts';
import type { CharacterId, TradeId } from '#shared/kernel/ids.ts';
import type { Trade } from './negotiation.ts';
import { type Aside, tradeOf } from './standing.ts';

/**
 * A request that this character can answer.
 * @throws GameError `trade.request_not_found`: there is none, it is answered or over, or it is somebody else's.
 */
export async function openRequestTo(characterId: CharacterId, tradeId: TradeId, aside: Aside): Promise<Trade> {
  const notFound = new GameError('trade.request_not_found');
  const { trade, index } = await tradeOf(characterId, tradeId, aside).catch((error: unknown) => {
    throw error instanceof GameError && error.code === 'trade.not_found' ? notFound : error;
  });
  if (index !== 1 || trade.state !== 'REQUESTED') throw notFound;
  return trade;
}
