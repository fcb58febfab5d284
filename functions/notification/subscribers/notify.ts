import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { addNotice } from '../add.ts';
import { notify } from '../contract.ts';
import { noticeOf } from '../notices.ts';

/** Tells a player what has happened to them. */
export const handler = subscriberHandler(notify, async (event, { nowMs, commit }) => {
  const notice = noticeOf(event);
  if (notice) await commit(await addNotice(notice, nowMs));
});
