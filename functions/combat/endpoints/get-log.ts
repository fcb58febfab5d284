import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { decodeCursor, encodeCursor } from '#shared/runtime/page.ts';
import { InvalidRequestError } from '#shared/runtime/problem.ts';
import { getLog } from '../contract.ts';
import { noLog } from '../fight-log.ts';
import { readFight } from '../store.ts';
import { readLog } from '../store-log.ts';
import { entryViewOf } from '../view.ts';

const PLACE = 'log-entry:';

/** How many entries the page before has told. */
function placeOf(cursor: string | undefined): number {
  const place = Number(decodeCursor(cursor, PLACE)?.slice(PLACE.length) ?? 0);
  if (Number.isSafeInteger(place) && place >= 0) return place;
  throw new InvalidRequestError([{ path: 'query.cursor', message: 'is not a cursor of this list' }]);
}

export const handler = endpointHandler(getLog, async ({ input, actor, fail }) => {
  const { combatId } = input.params;
  const from = placeOf(input.query.cursor);
  // Whoever fought has it in the own log: nobody else learns even that there was a fight.
  if (!(await readFight(actor.characterId, combatId))) throw fail('combat.session_not_found');
  const log = (await readLog(combatId)) ?? noLog;
  const to = from + input.query.limit;
  return {
    spanMs: log.spanMs,
    tellsAbilities: log.tellsAbilities,
    tellsFighters: log.tellsFighters,
    entries: log.entries.slice(from, to).map((entry) => entryViewOf(log, entry)),
    nextCursor: encodeCursor(to < log.entries.length ? `${PLACE}${to}` : undefined),
  };
});
