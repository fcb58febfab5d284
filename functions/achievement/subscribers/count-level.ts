import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { countLevel } from '../contract.ts';
import { countFact } from '../count-fact.ts';

export const handler = subscriberHandler(countLevel, async ({ data }, { operation }) => {
  await countFact(data, { kind: 'level', level: data.level }, operation);
});
