import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { erasePersonalData } from '../contract.ts';
import { deleteFactor } from '../store.ts';
import { deleteLock } from '../store-attempts.ts';

/** Challenges and step-ups hold nothing of a person, and are gone within the hour by themselves. */
export const handler = subscriberHandler(erasePersonalData, async (event, { commit }) => {
  const { accountId } = event.data;
  await commit({ writes: [deleteFactor(accountId), deleteLock(accountId)] });
});
