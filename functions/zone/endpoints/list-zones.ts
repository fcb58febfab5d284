import { zones } from '#content/zones.ts';
import { unitParts, zoneOf } from '#shared/kernel/zone-unit.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { listZones } from '../contract.ts';
import { isLive } from '../rules.ts';
import { readLeases } from '../store-leases.ts';
import { listUnits } from '../store-units.ts';

/** Layers beside the first ones whose populations are counted: as many leases as one request reads. */
const MOST_FURTHER_LAYERS = 90;

export const handler = endpointHandler(listZones, async ({ nowMs }) => {
  const further = (await listUnits()).filter((unitId) => unitParts(unitId).layer !== undefined);
  const unitIds = [...zones.all.map((zone) => zone.id), ...further.slice(0, MOST_FURTHER_LAYERS)];
  const live = (await readLeases(unitIds)).filter((lease) => isLive(lease, nowMs));
  return {
    zones: zones.all.map(({ id, name, summary, levelRange }) => {
      const layers = live.filter(({ zoneId }) => zoneOf(zoneId) === id);
      return {
        zoneId: id,
        name,
        summary,
        levelRange,
        open: layers.length > 0,
        population: layers.reduce((sum, { players }) => sum + players, 0),
        layers: layers.length,
      };
    }),
  };
});
