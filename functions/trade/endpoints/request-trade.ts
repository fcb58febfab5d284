import { getCharacter } from '#functions/character/public.ts';
import { requireUnblocked } from '#functions/friend/public.ts';
import { presenceOf, requirePresence, requireStay } from '#functions/zone/public.ts';
import { mergeChanges } from '#shared/events/changes.ts';
import { createId } from '#shared/kernel/ids.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { requestTrade } from '../contract-requests.ts';
import { requested, sideOf } from '../negotiation.ts';
import { notTogether, open } from '../opening.ts';
import { findPartner, takesRequestsOf } from '../partner.ts';
import { asideOf, changed, currentTrade } from '../standing.ts';
import { hasNoPlace, notDeclined, takePlace } from '../store.ts';
import { viewFor } from '../view.ts';

/** Asks; where the other has asked already, that trade opens. */
export const handler = endpointHandler(requestTrade, async ({ input, actor, nowMs, commit, fail, ...context }) => {
  const { accountId, characterId, sessionId } = actor;
  const me = await getCharacter(characterId);
  const partner = me && (await findPartner(input.body, me.realmId));
  if (!partner) throw fail('trade.character_not_found');
  if (partner.accountId === accountId) throw fail('trade.same_account');
  if (!(await takesRequestsOf(partner.accountId, accountId))) throw fail('trade.character_not_found');
  const aside = asideOf(context);

  return withConflictRetry(async () => {
    const [presence, theirPresence, mine, theirs] = await Promise.all([
      presenceOf(characterId),
      presenceOf(partner.characterId),
      currentTrade(characterId, aside),
      currentTrade(partner.characterId, aside),
    ]);
    if (mine) {
      const isSame = mine.state === 'REQUESTED' && mine.sides[1].characterId === partner.characterId;
      if (isSame) return viewFor(mine, 0);
      throw fail('trade.busy', { tradeId: mine.tradeId });
    }
    if (theirs?.state === 'REQUESTED' && sideOf(theirs, characterId) === 1) {
      const { next, changes } = open(theirs, { sessionId, presence }, nowMs);
      return commit(changes, viewFor(next, 1));
    }
    if (theirs) throw fail('trade.partner_busy');
    const zoneId = presence?.zoneId;
    if (!presence || !zoneId || theirPresence?.zoneId !== zoneId) throw notTogether();
    const trade = requested(
      createId('trd'),
      zoneId,
      [
        { accountId, characterId, sessionId, name: me.name, stay: presence.ver },
        { ...theirPresence, accountId: partner.accountId, name: partner.name, stay: theirPresence.ver },
      ],
      nowMs,
    );
    const conditions = [
      takePlace(characterId, trade, fail('trade.busy')),
      // Of two who ask each other at one moment the second finds the first's request, and opens it.
      hasNoPlace(partner.characterId),
      notDeclined(partner.characterId, characterId, nowMs),
      requireStay({ characterId, zoneId, ver: presence.ver }, notTogether()),
      requirePresence(partner.characterId, zoneId, notTogether()),
      requireUnblocked(partner.accountId, accountId, fail('trade.character_not_found')),
    ];
    return commit(mergeChanges(changed(trade), { writes: conditions }), viewFor(trade, 0));
  });
});
