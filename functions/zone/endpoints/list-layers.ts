import { toIso } from '#shared/kernel/clock.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { listLayers } from '../contract.ts';
import { layerLimits } from '../layer-rules.ts';
import { companionsOf, layersOf, layersWith } from '../layers.ts';
import { standingOf, zoneNamed } from '../standing.ts';
import { readCoolDowns } from '../store-travel.ts';

export const handler = endpointHandler(listLayers, async ({ input, actor, nowMs }) => {
  const { id: zoneId } = zoneNamed(input.params.zoneId);
  const { characterId } = actor;
  const [layers, { presence }, companions, { swapAtMs }] = await Promise.all([
    layersOf(zoneId, nowMs),
    standingOf(characterId, nowMs, zoneId),
    companionsOf(characterId),
    readCoolDowns(characterId),
  ]);
  const inLayer = layersWith(companions, zoneId);
  return {
    layers: layers.map(({ layer, unitId, isLive, players }) => ({
      layer,
      open: isLive,
      population: players,
      full: players >= layerLimits.fullAt,
      here: presence.zoneId === unitId,
      party: inLayer.filter((one) => one === layer).length,
    })),
    ...(swapAtMs > nowMs ? { swapAt: toIso(swapAtMs) } : {}),
  };
});
