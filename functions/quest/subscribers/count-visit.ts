import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { countVisit } from '../contract.ts';
import { countFact, isEmpty } from '../count-fact.ts';

export const handler = subscriberHandler(countVisit, async ({ data, occurredAt }, { commit }) => {
  const changes = await countFact(data.characterId, { kind: 'visit', zone: data.zoneId }, Date.parse(occurredAt));
  if (!isEmpty(changes)) await commit(changes);
});
