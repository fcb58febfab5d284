import { items } from '#content/items.ts';
import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { countPickUp } from '../contract.ts';
import { countFact, isEmpty } from '../count-fact.ts';

export const handler = subscriberHandler(countPickUp, async ({ data, occurredAt }, { commit }) => {
  // Putting an item down and picking it up again finds nothing.
  if (data.putDown) return;
  const { templateId, quality, count } = data;
  const itemKind = items.find(templateId)?.kind;
  if (!itemKind) return;
  const fact = { kind: 'collect', item: templateId, itemKind, quality, count } as const;
  const changes = await countFact(data.characterId, fact, Date.parse(occurredAt));
  if (!isEmpty(changes)) await commit(changes);
});
