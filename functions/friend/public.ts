import { toIso } from '#shared/kernel/clock.ts';
import type { AccountId } from '#shared/kernel/ids.ts';
import { listSides } from './store.ts';

/** What is stored here of a player, for themselves: at most 500 relations. */
export async function exportOf(accountId: AccountId): Promise<object> {
  const sides = await listSides(accountId);
  return {
    relations: sides.map(({ otherId, relation, name, sinceMs }) => ({
      accountId: otherId,
      relation,
      ...(name ? { name } : {}),
      since: toIso(sinceMs),
    })),
  };
}
