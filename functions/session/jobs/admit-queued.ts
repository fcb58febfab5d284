import type { Slug } from '#shared/kernel/ids.ts';
import { sleep } from '#shared/kernel/sleep.ts';
import { jobHandler } from '#shared/runtime/job-handler.ts';
import { admitQueued } from '../contract.ts';
import { watchRealm } from '../queue-pass.ts';
import { realmPopulations } from '../queue-rules.ts';

/** Watches over all realms side by side. */
export const handler = jobHandler(admitQueued, async ({ operation }) => {
  const realms = Object.keys(realmPopulations) as Slug[];
  const processed = await Promise.all(realms.map((realmId) => watchRealm(realmId, operation, sleep)));
  return { processed: processed.reduce((sum, count) => sum + count, 0) };
});
