import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { wearOnDeath } from '../contract-loss.ts';
import { DEATH_WEAR_PERCENT } from '../rules.ts';
import { wearDown } from '../wear-down.ts';

/** Dying costs everything worn a part of its durability, each time; by another character's hand it costs nothing. */
export const handler = subscriberHandler(wearOnDeath, async (event, { commit, operation, nowMs }) => {
  const { characterId, deaths, killer } = event.data;
  if ('characterId' in killer) {
    await commit({});
    return;
  }
  const percent = Math.min(100, DEATH_WEAR_PERCENT * deaths);
  await commit(await wearDown(characterId, percent, { reason: 'death', cause: operation.id, atMs: nowMs }));
});
