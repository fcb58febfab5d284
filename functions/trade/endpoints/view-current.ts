import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { viewCurrent } from '../contract.ts';
import { isLive, lapsed, sideOf } from '../negotiation.ts';
import { tradeOfCharacter } from '../store.ts';
import { viewFor } from '../view.ts';

/** A trade whose time is over is none, whether anybody has noted its end or not. */
export const handler = endpointHandler(viewCurrent, async ({ actor, nowMs }) => {
  const trade = await tradeOfCharacter(actor.characterId);
  if (!trade || !isLive(lapsed(trade, nowMs))) return {};
  return { trade: viewFor(trade, sideOf(trade, actor.characterId)!) };
});
