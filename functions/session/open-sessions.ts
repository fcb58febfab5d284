import type { AccountId } from '#shared/kernel/ids.ts';
import { DUE_SHARDS, listDueSessions } from './store.ts';

/** Open sessions are spread over so many shards. */
export const OPEN_SESSION_SHARDS = DUE_SHARDS;

/** Later than any session is due for a look. */
const ALWAYS = Date.UTC(9999, 0);

/**
 * Whose sessions are open, a page at a time: an account may come more than once, one that is there from before the first
 * page until after the last comes at least once.
 * @param page.cursor where the page before ended: its `next`.
 */
export async function pageOpenSessions(
  shard: number,
  page: { readonly limit: number; readonly cursor: string | undefined },
): Promise<{ readonly accountIds: readonly AccountId[]; readonly next: string | undefined }> {
  const after = page.cursor === undefined ? undefined : (JSON.parse(page.cursor) as Readonly<Record<string, unknown>>);
  const { sessions, lastKey } = await listDueSessions(shard, { nowMs: ALWAYS, limit: page.limit, after });
  return {
    accountIds: sessions.map(({ accountId }) => accountId),
    next: lastKey && JSON.stringify(lastKey),
  };
}
