import { mergeChanges } from '#shared/events/changes.ts';
import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { followParty } from '../contract.ts';
import { tellTies } from '../orders.ts';
import { readPresences } from '../store.ts';

/** Those who have come into a party, or are in it no more, may be in a zone: its owner looks again. */
export const handler = subscriberHandler(followParty, async (fact, { nowMs, commit }) => {
  const concerned =
    fact.name === 'PARTY_CREATED'
      ? [fact.data.leader]
      : fact.name === 'PARTY_DISBANDED'
        ? fact.data.members
        : [fact.data];
  const presences = await readPresences(concerned.map(({ characterId }) => characterId));
  const changes = mergeChanges(...presences.map((presence) => tellTies(presence, nowMs)));
  if (changes.writes.length > 0) await commit(changes);
});
