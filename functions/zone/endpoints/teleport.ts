import { levelOf } from '#functions/progression/public.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { teleport } from '../contract.ts';
import { travel } from '../orders.ts';
import { mayEnter } from '../rules.ts';
import { goesAnywhere, reachedStanding, zoneNamed } from '../standing.ts';
import { readCoolDowns } from '../store-travel.ts';
import { teleportLimits } from '../unit-rules.ts';

export const handler = endpointHandler(teleport, async ({ input, actor, nowMs, commit, fail }) => {
  const zone = zoneNamed(input.params.zoneId);
  const { characterId } = actor;
  const [{ presence }, level, { teleportAtMs }] = await Promise.all([
    reachedStanding(characterId, nowMs),
    levelOf(characterId),
    readCoolDowns(characterId),
  ]);
  const isFree = goesAnywhere(actor.roles);
  if (!isFree) {
    if (!presence.visited?.includes(zone.id)) throw fail('zone.not_visited');
    if (!mayEnter(zone, level ?? 0)) throw fail('zone.level_too_low', { requiredLevel: zone.levelRange.min });
    if (teleportAtMs > nowMs) {
      throw fail('zone.cooling_down', {}, { retryAfterSeconds: Math.ceil((teleportAtMs - nowMs) / 1_000) });
    }
  }
  const channelMs = isFree ? 0 : teleportLimits.channelMs;
  const trip = { toZone: zone.id, at: zone.spawn, channelMs, ...(isFree ? {} : { use: 'teleport' as const }) };
  return commit(travel(presence, trip, nowMs), { state: 'ordered' as const, channelMs });
});
