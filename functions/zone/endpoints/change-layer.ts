import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { changeLayer } from '../contract.ts';
import { layerLimits } from '../layer-rules.ts';
import { companionsOf, layersOf } from '../layers.ts';
import { travel } from '../orders.ts';
import { reachedStanding, zoneNamed } from '../standing.ts';
import { readCoolDowns } from '../store-travel.ts';

export const handler = endpointHandler(changeLayer, async ({ input, actor, nowMs, commit, fail }) => {
  const { id: zoneId } = zoneNamed(input.params.zoneId);
  const { characterId } = actor;
  const [{ presence }, layers] = await Promise.all([
    reachedStanding(characterId, nowMs, zoneId),
    layersOf(zoneId, nowMs),
  ]);
  const target = layers.find(({ layer }) => layer === input.params.layer);
  if (!target?.isLive) throw fail('zone.layer_not_found');
  if (target.unitId === presence.zoneId) throw fail('zone.same_layer');
  if (target.players >= layerLimits.fullAt) throw fail('zone.layer_full');
  const [{ swapAtMs }, companions] = await Promise.all([readCoolDowns(characterId), companionsOf(characterId)]);
  const followsLeader = companions.some(({ isLeader, zoneId: unitId }) => isLeader && unitId === target.unitId);
  if (!followsLeader && swapAtMs > nowMs) {
    throw fail('zone.cooling_down', {}, { retryAfterSeconds: Math.ceil((swapAtMs - nowMs) / 1_000) });
  }
  const channelMs = layerLimits.swapChannelMs;
  const trip = { toZone: zoneId, toUnit: target.unitId, channelMs, ...(followsLeader ? {} : { use: 'swap' as const }) };
  return commit(travel(presence, trip, nowMs), { state: 'ordered' as const, channelMs });
});
