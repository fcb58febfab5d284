import { optionalConfig } from '#shared/kernel/config.ts';
import { realmPopulations } from './queue-rules.ts';

/** How many players this realm holds at once: the stage's number where it names one. */
export function realmCap(realmId: string): number {
  const cap = Number(optionalConfig('REALM_CAP') ?? realmPopulations[realmId]);
  if (!Number.isInteger(cap) || cap < 1) throw new RangeError(`realm ${realmId} has no population cap`);
  return cap;
}

/** Realms that there are. */
export function isRealm(realmId: string): boolean {
  return Object.hasOwn(realmPopulations, realmId);
}
