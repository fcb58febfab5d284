import { zones } from '#content/zones.ts';
import { mergeChanges } from '#shared/events/changes.ts';
import { unitParts } from '#shared/kernel/zone-unit.ts';
import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { leaveInstance } from '../contract.ts';
import { travel } from '../orders.ts';
import { readPresences } from '../store.ts';
import { readInstance } from '../store-instances.ts';
import { instanceLimits } from '../unit-rules.ts';

/** Who is in no party any more is put out of that party's instance after a minute, unless it has joined again by then. */
export const handler = subscriberHandler(leaveInstance, async (fact, { nowMs, commit }) => {
  const { partyId } = fact.data;
  const gone = fact.name === 'PARTY_DISBANDED' ? fact.data.members : [fact.data];
  const presences = await readPresences(gone.map(({ characterId }) => characterId));
  const orders = await Promise.all(
    presences.map(async (presence) => {
      const { instanceId, zoneId } = presence.zoneId ? unitParts(presence.zoneId) : {};
      const instance = instanceId && (await readInstance(instanceId));
      const zone = zoneId && zones.find(zoneId);
      if (!instance || !zone || instance.partyId !== partyId) return {};
      const notBeforeMs = nowMs + instanceLimits.kickAfterMs;
      return travel(presence, { toZone: zone.id, at: zone.spawn, notBeforeMs, unlessInParty: partyId }, nowMs);
    }),
  );
  const changes = mergeChanges(...orders);
  if (changes.writes.length > 0) await commit(changes);
});
