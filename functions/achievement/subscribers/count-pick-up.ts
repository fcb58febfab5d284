import { items } from '#content/items.ts';
import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { countPickUp } from '../contract.ts';
import { countFact } from '../count-fact.ts';

export const handler = subscriberHandler(countPickUp, async ({ data }, { operation }) => {
  if (data.putDown) return;
  const { templateId, quality, count } = data;
  const itemKind = items.find(templateId)?.kind;
  if (!itemKind) return;
  await countFact(data, { kind: 'pick-up', itemKind, quality, count }, operation);
});
