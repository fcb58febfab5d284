import type { SubscribedEvent } from '#shared/contract/subscriber.ts';
import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { endTrade } from '../contract.ts';
import { cancelled, isLive, type Side } from '../negotiation.ts';
import type { EndReason } from '../rules.ts';
import { ended } from '../standing.ts';
import { tradeOfCharacter } from '../store.ts';

/** Who is gone, and in what way. */
interface Departure {
  readonly characterId: Side['characterId'];
  readonly reason: EndReason;
  /** Whether it was this side's session or stay that ended: news of an earlier one end nothing. */
  concerns(side: Side): boolean;
}

function departureOf(event: SubscribedEvent<typeof endTrade>): Departure | undefined {
  const ofSession = (characterId: Side['characterId'] | undefined, reason: EndReason): Departure | undefined =>
    characterId && { characterId, reason, concerns: ({ sessionId }) => sessionId === event.data.sessionId };
  switch (event.name) {
    case 'SESSION_CLOSED':
    case 'SESSION_RESTED':
      return ofSession(event.data.characterId, 'logout');
    case 'SESSION_DISCONNECTED':
      return ofSession(event.data.characterId, 'disconnected');
    case 'CHARACTER_SWITCHED':
      return ofSession(event.data.previousCharacterId, 'logout');
    case 'ZONE_CHANGED':
    case 'ZONE_LEFT':
      return {
        characterId: event.data.characterId,
        reason: event.name === 'ZONE_CHANGED' ? 'zone_change' : 'left_world',
        // The version of the presence after it: a later stay has a higher one.
        concerns: ({ stay }) => stay < event.aggregateSeq,
      };
  }
}

/** Who leaves the world, the zone or the game ends the trade that it is in. */
export const handler = subscriberHandler(endTrade, async (event, { commit }) => {
  const departure = departureOf(event);
  if (!departure) return;
  const { characterId, reason, concerns } = departure;
  const trade = await tradeOfCharacter(characterId);
  const side = trade?.sides.find((one) => one.characterId === characterId);
  if (!trade || !side || !isLive(trade) || !concerns(side)) return;
  const next = cancelled(trade, reason, characterId);
  if (next !== trade) await commit(ended(trade, next));
});
