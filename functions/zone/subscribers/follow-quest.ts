import { questsOfTheWorld } from '#content/world-quests.ts';
import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { followQuest } from '../contract.ts';
import { tellTies } from '../orders.ts';
import { readPresence } from '../store.ts';

/** What opens for a quest, or no longer: the owner of the zone that its character is in looks again. */
export const handler = subscriberHandler(followQuest, async ({ data }, { nowMs, commit }) => {
  if (!questsOfTheWorld.has(data.questId)) return;
  const presence = await readPresence(data.characterId);
  if (presence?.zoneId === undefined) return;
  await commit(tellTies(presence, nowMs));
});
