import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { countQuest } from '../contract.ts';
import { countFact } from '../count-fact.ts';

export const handler = subscriberHandler(countQuest, async ({ data }, { operation }) => {
  await countFact(data, { kind: 'quest', quest: data.questId }, operation);
});
