import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { accountNoticeOf } from '../account-notices.ts';
import { addNotice } from '../add.ts';
import { notifySecurity } from '../contract.ts';

/** Tells a player what has happened to their account, its keys and its characters. */
export const handler = subscriberHandler(notifySecurity, async (event, { nowMs, commit }) => {
  await commit(await addNotice(accountNoticeOf(event), nowMs));
});
