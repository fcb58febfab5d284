import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { erasePersonalData } from '../contract.ts';
import { eraseEmailChange } from '../store.ts';
import { eraseEmailUndo } from '../store-undo.ts';

/** Wishes for a new password name no person, and go by themselves within hours. */
export const handler = subscriberHandler(erasePersonalData, async (event) => {
  const { accountId } = event.data;
  await Promise.all([eraseEmailChange(accountId), eraseEmailUndo(accountId)]);
});
