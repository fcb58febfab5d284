import { toIso } from '#shared/kernel/clock.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { getStatus } from '../contract.ts';
import { pendingSecret } from '../rules.ts';
import { getFactor } from '../store.ts';

export const handler = endpointHandler(getStatus, async ({ actor, nowMs }) => {
  const factor = await getFactor(actor.accountId);
  const { active, pending } = factor;
  return {
    enabled: active !== undefined,
    recoveryCodesLeft: active?.recoveryHashes.length ?? 0,
    ...(active ? { enabledAt: toIso(active.enabledAtMs) } : {}),
    ...(pending && pendingSecret(factor, nowMs) ? { enrolmentExpiresAt: toIso(pending.untilMs) } : {}),
  };
});
