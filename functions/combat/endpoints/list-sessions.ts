import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { decodeCursor, encodeCursor } from '#shared/runtime/page.ts';
import { combatKeys } from '#shared/table/keys/combat.ts';
import { listSessions } from '../contract.ts';
import { listFights } from '../store.ts';
import { viewOf } from '../view.ts';

export const handler = endpointHandler(listSessions, async ({ input, actor }) => {
  const { limit, cursor } = input.query;
  const before = decodeCursor(cursor, combatKeys.fight.sortPrefix);
  const { fights, lastSortKey } = await listFights(actor.characterId, { limit, before });
  return { sessions: fights.map(viewOf), nextCursor: encodeCursor(lastSortKey) };
});
