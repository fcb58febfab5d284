import type { Operation } from '#shared/events/operation.ts';
import type { AccountId } from '#shared/kernel/ids.ts';
import { logWrite } from './store-log.ts';

/** Answers a look of staff, once it stands in the log of what was looked at. */
export function answerLook<Reply>(
  { id, nowMs: atMs, commit }: Operation,
  subject: string,
  staffId: AccountId,
  reply: Reply,
): Promise<Reply> {
  return commit({ writes: [logWrite({ subject, operationId: id, atMs, staffId, action: 'look' })] }, reply);
}
