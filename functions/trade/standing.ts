import { GameError } from '#shared/contract/errors.ts';
import { type Changes, mergeChanges } from '#shared/events/changes.ts';
import { createOperation, type Operation } from '#shared/events/operation.ts';
import type { CharacterId, TradeId } from '#shared/kernel/ids.ts';
import type { RequestFacts } from '#shared/runtime/invocation.ts';
import { isLive, lapsed, type SideIndex, sideOf, type Trade } from './negotiation.ts';
import { freePlaces, getTrade, putTrade, tradeOfCharacter } from './store.ts';
import { tellBoth } from './view.ts';

/** The next state of a trade that goes on, stored and told to both. */
export function changed(next: Trade): Changes {
  return mergeChanges({ writes: [putTrade(next)] }, tellBoth(next));
}

/** The end of a stored trade: its sides are free again and told why. One that is being settled only notes the wish. */
export function ended(stored: Trade, next: Trade): Changes {
  if (isLive(next)) return { writes: [putTrade(next)] };
  return mergeChanges({ writes: [putTrade(next), ...freePlaces(stored)] }, tellBoth(next));
}

/** What a call that finds a trade's time to be over commits besides its own decision. */
export interface Aside {
  readonly nowMs: number;
  /** A fresh operation with each call: what the clock has ended is a decision of its own. */
  operation(): Operation;
}

export function asideOf(context: { readonly operation: Operation; readonly request: RequestFacts }): Aside {
  const { operation, request } = context;
  return {
    nowMs: operation.nowMs,
    operation: () =>
      createOperation({
        actor: operation.actor,
        correlationId: request.id,
        causationId: request.id,
        traceparent: request.traceparent,
      }),
  };
}

/** Ends a trade whose time is over, and answers how it stands now. */
async function settleClock(stored: Trade, aside: Aside): Promise<Trade> {
  const trade = lapsed(stored, aside.nowMs);
  if (trade !== stored) await aside.operation().commit(ended(stored, trade));
  return trade;
}

/**
 * A trade of a character as it stands, with the side that the character is on.
 * @throws GameError `trade.not_found`: there is none, or it is others'.
 */
export async function tradeOf(
  characterId: CharacterId,
  tradeId: TradeId,
  aside: Aside,
): Promise<{ readonly trade: Trade; readonly index: SideIndex }> {
  const stored = await getTrade(tradeId);
  const index = stored && sideOf(stored, characterId);
  if (!stored || index === undefined) throw new GameError('trade.not_found');
  return { trade: await settleClock(stored, aside), index };
}

/** The live trade that a character has its place in, if any. */
export async function currentTrade(characterId: CharacterId, aside: Aside): Promise<Trade | undefined> {
  const stored = await tradeOfCharacter(characterId);
  if (!stored || !isLive(stored)) return undefined;
  const trade = await settleClock(stored, aside);
  return isLive(trade) ? trade : undefined;
}
