import { zones } from '#content/zones.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { listZones } from '../contract.ts';
import { isLive } from '../rules.ts';
import { readLeases } from '../store.ts';

export const handler = endpointHandler(listZones, async ({ nowMs }) => {
  const leases = await readLeases(zones.all.map((zone) => zone.id));
  const live = new Map(leases.filter((lease) => isLive(lease, nowMs)).map((lease) => [lease.zoneId, lease]));
  return {
    zones: zones.all.map(({ id, name, summary, levelRange }) => ({
      zoneId: id,
      name,
      summary,
      levelRange,
      open: live.has(id),
      population: live.get(id)?.players ?? 0,
    })),
  };
});
