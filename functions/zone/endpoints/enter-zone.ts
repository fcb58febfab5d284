import { zones } from '#content/zones.ts';
import { issueTicket } from '#functions/auth/public.ts';
import { levelOf } from '#functions/progression/public.ts';
import { toIso } from '#shared/kernel/clock.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { enterZone } from '../contract.ts';
import { isLive, mayEnter, UNAVAILABLE_RETRY_SECONDS } from '../rules.ts';
import { readLease } from '../store.ts';

export const handler = endpointHandler(enterZone, async ({ input, actor, nowMs, commit, fail }) => {
  const { zoneId } = input.params;
  const zone = zones.find(zoneId);
  if (!zone) throw fail('zone.not_found');
  const [level, lease] = await Promise.all([levelOf(actor.characterId), readLease(zoneId)]);
  if (level === undefined || !mayEnter(zone, level)) {
    throw fail('zone.level_too_low', { requiredLevel: zone.levelRange.min });
  }
  if (!lease || !isLive(lease, nowMs)) {
    throw fail('zone.unavailable', {}, { retryAfterSeconds: UNAVAILABLE_RETRY_SECONDS });
  }
  const { characterId } = actor;
  const { ticket, expiresAtMs, write } = issueTicket(actor, { purpose: 'zone', zoneId, characterId }, nowMs);
  return commit({ writes: [write] }, { url: lease.url, ticket, expiresAt: toIso(expiresAtMs) });
});
