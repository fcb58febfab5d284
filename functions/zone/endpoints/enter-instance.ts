import { REALM_TIME_ZONE } from '#content/realm-clock.ts';
import { INSTANCE_CREATED } from '#events/zone.ts';
import { partyOf, tellInstance } from '#functions/party/public.ts';
import { levelOf } from '#functions/progression/public.ts';
import { type Changes, event, mergeChanges } from '#shared/events/changes.ts';
import { toIso } from '#shared/kernel/clock.ts';
import { createId, type Slug } from '#shared/kernel/ids.ts';
import { periodKey } from '#shared/kernel/period-key.ts';
import { instanceUnit, unitParts } from '#shared/kernel/zone-unit.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { enterInstance } from '../contract.ts';
import { travel } from '../orders.ts';
import { reachedStanding, zoneNamed } from '../standing.ts';
import {
  createInstanceWrite,
  type Instance,
  putQuota,
  readGroupInstance,
  readInstance,
  readLock,
  readQuota,
  replaceGroupInstance,
} from '../store-instances.ts';
import { wantUnitWrite } from '../store-units.ts';
import { countVisit, instanceLimits, isOpen, judgeLock } from '../unit-rules.ts';

export const handler = endpointHandler(enterInstance, async ({ input, actor, nowMs, commit, fail }) => {
  const zone = zoneNamed(input.params.zoneId);
  const { characterId, accountId } = actor;
  const { difficulty = zone.instance?.difficulties[0], confirmed = false } = input.body;
  const of = zone.instance;
  if (!of || difficulty === undefined || !of.difficulties.includes(difficulty)) throw fail('zone.no_instances');
  const [{ presence }, level, party] = await Promise.all([
    reachedStanding(characterId, nowMs, zone.id),
    levelOf(characterId),
    partyOf(characterId),
  ]);
  if (unitParts(presence.zoneId).instanceId !== undefined) throw fail('zone.not_in_world');
  if ((level ?? 0) < of.minLevel) throw fail('zone.level_too_low', { requiredLevel: of.minLevel });
  if (party && party.members.length > of.players) throw fail('zone.group_too_large');
  const key = { holderId: party?.partyId ?? characterId, zoneId: zone.id, difficulty };
  return withConflictRetry(async () => {
    const [shared, quota, lock] = await Promise.all([
      readGroupInstance(key),
      readQuota(accountId),
      readLock(characterId, key),
    ]);
    const known = shared && (await readInstance(shared));
    const isThere = known !== undefined && isOpen(known, nowMs);
    const instance = isThere ? known : newInstance(key, party?.partyId, nowMs);
    const { instanceId, unitId, expiresAtMs } = instance;
    const verdict = judgeLock(lock, instance, periodKey(of.reset, REALM_TIME_ZONE, nowMs));
    if (verdict === 'locked') throw fail('zone.locked');
    if (verdict === 'confirm' && !confirmed)
      throw fail('zone.confirmation_needed', { deadBosses: instance.deadBosses.length });
    const counted = countVisit(quota.visits, instanceId, nowMs);
    if ('freeAtMs' in counted) {
      throw fail('zone.instance_limit', {}, { retryAfterSeconds: Math.ceil((counted.freeAtMs - nowMs) / 1_000) });
    }
    const created: Changes = isThere
      ? {}
      : mergeChanges(
          {
            writes: [
              createInstanceWrite(instance),
              replaceGroupInstance(instance, shared),
              wantUnitWrite(unitId, nowMs),
            ],
          },
          {
            events: [
              event(INSTANCE_CREATED, {
                aggregateId: instanceId,
                aggregateSeq: 1,
                data: {
                  instanceId,
                  zoneId: zone.id,
                  ...(party ? { partyId: party.partyId } : {}),
                  difficulty,
                  accountIds: party ? [...new Set(party.members.map((member) => member.accountId))] : [accountId],
                  expiresAt: toIso(expiresAtMs),
                },
              }),
            ],
          },
          party
            ? tellInstance(party.partyId, { instanceId, zoneId: zone.id, difficulty, byId: characterId, expiresAtMs })
            : {},
        );
    const visit = { writes: [putQuota(quota, counted.visits, nowMs)] };
    const { channelMs } = instanceLimits;
    const order = travel(presence, { toZone: zone.id, toUnit: unitId, at: zone.spawn, channelMs }, nowMs);
    return commit(mergeChanges(created, visit, order), {
      state: 'ordered' as const,
      instanceId,
      difficulty,
      created: !isThere,
      channelMs,
      expiresAt: toIso(expiresAtMs),
    });
  });
});

function newInstance(
  key: { readonly holderId: Instance['holderId']; readonly zoneId: Slug; readonly difficulty: Slug },
  partyId: Instance['partyId'],
  nowMs: number,
): Instance {
  const instanceId = createId('ins');
  return {
    ...key,
    ...(partyId ? { partyId } : {}),
    instanceId,
    unitId: instanceUnit(key.zoneId, instanceId),
    state: 'OPEN',
    deadBosses: [],
    createdAtMs: nowMs,
    expiresAtMs: nowMs + instanceLimits.lifeMs,
  };
}
