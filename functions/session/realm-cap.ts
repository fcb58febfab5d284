import { optionalConfig } from '#shared/kernel/config.ts';
import type { Slug } from '#shared/kernel/ids.ts';
import { realmPopulations } from './queue-rules.ts';
import { getOrderedCap } from './store-slots.ts';

/** How many players this realm holds at once: as operators have ordered, else as the stage or the balance says. */
export async function realmCap(realmId: Slug): Promise<number> {
  const cap = (await getOrderedCap(realmId)) ?? Number(optionalConfig('REALM_CAP') ?? realmPopulations[realmId]);
  if (!Number.isInteger(cap) || cap < 1) throw new RangeError(`realm ${realmId} has no population cap`);
  return cap;
}

/** Realms that there are. */
export function isRealm(realmId: string): boolean {
  return Object.hasOwn(realmPopulations, realmId);
}
