import { toIso } from '#shared/kernel/clock.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { readSettlement } from '#shared/settlement/store.ts';
import { getSettlement } from '../contract.ts';

/** Somebody else's transaction and one that never was look alike. */
export const handler = endpointHandler(getSettlement, async ({ input, actor, fail }) => {
  const row = await readSettlement(input.params.transactionId);
  if (row?.actor.accountId !== actor.accountId) throw fail('settlement.not_found');
  const { transactionId, kind, preparedAtMs, endedAtMs, outcome } = row;
  return {
    transactionId,
    kind,
    status: outcome?.state ?? ('PENDING' as const),
    preparedAt: toIso(preparedAtMs),
    ...(endedAtMs === undefined ? {} : { endedAt: toIso(endedAtMs) }),
    ...(outcome?.state === 'DELIVERED' ? { reply: outcome.reply } : {}),
    ...(outcome?.state === 'RETURNED' ? { code: outcome.code } : {}),
  };
});
