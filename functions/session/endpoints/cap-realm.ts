import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { capRealm } from '../contract.ts';
import { isRealm, realmCap } from '../realm-cap.ts';
import { deleteOrderedCap, putOrderedCap, readPopulation } from '../store-slots.ts';

export const handler = endpointHandler(capRealm, async ({ input, actor, nowMs, commit, fail }) => {
  const { realmId } = input.params;
  const { cap, reason } = input.body;
  if (!isRealm(realmId)) throw fail('session.realm_unknown');
  const order = { realmId, reason, byId: actor.accountId, setAtMs: nowMs };
  await commit({ writes: [cap === null ? deleteOrderedCap(realmId) : putOrderedCap({ ...order, cap })] });
  const population = [...(await readPopulation(realmId)).values()].reduce((sum, count) => sum + count, 0);
  return { realmId, cap: cap ?? (await realmCap(realmId)), population };
});
