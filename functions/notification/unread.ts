import type { AccountId } from '#shared/kernel/ids.ts';
import type { Box } from './rules.ts';
import { codesAbove } from './store.ts';
import { type Category, categories, templates } from './templates.ts';

/** How much of a list is live and above the read marker, in all and by category. */
export async function unreadOf(
  accountId: AccountId,
  box: Pick<Box, 'last' | 'readUpTo'>,
  nowMs: number,
): Promise<{ readonly unread: number; readonly unreadByCategory: Record<Category, number> }> {
  const codes = box.last > box.readUpTo ? await codesAbove(accountId, box.readUpTo, nowMs) : [];
  const unreadByCategory = Object.fromEntries(categories.map((category) => [category, 0])) as Record<Category, number>;
  for (const code of codes) unreadByCategory[templates[code].category] += 1;
  return { unread: codes.length, unreadByCategory };
}
