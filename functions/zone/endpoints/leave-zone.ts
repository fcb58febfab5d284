import { unitParts } from '#shared/kernel/zone-unit.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { leaveZone } from '../contract.ts';
import { letLeave, travel } from '../orders.ts';
import { standingOf, zoneNamed } from '../standing.ts';
import { endStay } from '../stays.ts';
import { instanceLimits } from '../unit-rules.ts';

export const handler = endpointHandler(leaveZone, async ({ input, actor, nowMs, commit }) => {
  const zone = zoneNamed(input.params.zoneId);
  const { presence, lease, isReached } = await standingOf(actor.characterId, nowMs, zone.id);
  const isInstance = unitParts(presence.zoneId).instanceId !== undefined;
  // Its process died with the body in it, and another has taken over or closed the unit: nobody else will note it.
  if (!isReached && lease?.epoch !== presence.epoch) {
    return commit(endStay(presence, { reason: 'left' }), { state: 'left' as const, leaves: 'world' as const });
  }
  if (!isInstance) return commit(letLeave(presence, nowMs), { state: 'ordered' as const, leaves: 'world' as const });
  const trip = { toZone: zone.id, at: zone.spawn, channelMs: instanceLimits.channelMs };
  return commit(travel(presence, trip, nowMs), { state: 'ordered' as const, leaves: 'instance' as const });
});
