import { sha256 } from '#shared/kernel/canonical-json.ts';
import { toIso } from '#shared/kernel/clock.ts';
import { randomToken } from '#shared/kernel/random.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { startOidc } from '../external-contract.ts';
import { identityProvider } from '../providers.ts';
import { identityLimits } from '../rules.ts';
import { putNonce } from '../store.ts';

export const handler = endpointHandler(startOidc, async ({ input, nowMs, commit }) => {
  const { id } = identityProvider(input.params.provider);
  const nonce = randomToken();
  const expiresAtMs = nowMs + identityLimits.nonceLifeMs;
  const started = { nonceHash: sha256(nonce), provider: id, expiresAtMs };
  return commit({ writes: [putNonce(started)] }, { nonce, expiresAt: toIso(expiresAtMs) });
});
