import { TICK_HZ } from '#shared/contract/zone-protocol.ts';
import { type AccountId, type CharacterId, deriveId, type Slug } from '#shared/kernel/ids.ts';
import type { BossFall, CombatSummary, Death, FightLog, Kill, OpenedCache, PvpFight } from '../persist/record-ports.ts';
import type { ZoneFence } from '../persist/unit-ports.ts';
import type { FeudResult } from '../sim/abilities/feuds.ts';
import type { ZoneDefinition } from '../sim/definition.ts';
import { ANY_ABILITY, NPC_SIDE } from '../sim/fight-log.ts';
import type { FightMember, FightResult } from '../sim/fights.ts';
import type { KillOutcome, PlayerDeath, UseOutcome } from '../sim/outcome.ts';

interface RecordContext {
  readonly definition: ZoneDefinition;
  readonly nowMs: () => number;
}

function combatId(fence: ZoneFence, fightSeq: number) {
  return deriveId('cbt', fence.zoneId, fence.epoch, fightSeq);
}

/** What the loot domain is told of a death. */
export function killRecord(
  fence: ZoneFence,
  { definition, nowMs }: RecordContext,
  kill: KillOutcome,
  boss: BossFall | undefined,
): Kill {
  const kind = definition.npcKinds[kill.npcKind]!;
  return {
    killSeq: kill.killSeq,
    npcKind: kind.id as Slug,
    npcLevel: kind.level,
    spawnId: kill.spawnId,
    x: kill.x,
    y: kill.y,
    killedAtMs: nowMs(),
    combatId: combatId(fence, kill.fightSeq),
    tappedBy: kill.tappedBy as CharacterId | undefined,
    claimants: kill.claimants.map(({ accountId, characterId, level, damage }) => ({
      accountId: accountId as AccountId,
      characterId: characterId as CharacterId,
      level,
      damage,
    })),
    nearby: kill.nearby.map(({ accountId, characterId, level }) => ({
      accountId: accountId as AccountId,
      characterId: characterId as CharacterId,
      level,
    })),
    ...(boss ? { boss } : {}),
  };
}

/** What the loot domain is told of an object that was opened. */
export function cacheRecord(
  { useSeq, object, by, nearby }: UseOutcome,
  { objects }: ZoneDefinition,
  openedAtMs: number,
): OpenedCache {
  const { id, x, y } = objects![object]!;
  return { useSeq, objectId: id as Slug, x, y, openedAtMs, by: bystander(by), nearby: nearby.map(bystander) };
}

function bystander({ accountId, characterId, level }: UseOutcome['by']): OpenedCache['by'] {
  return { accountId: accountId as AccountId, characterId: characterId as CharacterId, level };
}

/** What the combat domain is told of a fight that has ended. */
export function fightSummary(
  fence: ZoneFence,
  { definition, nowMs }: RecordContext,
  fight: FightResult,
  tick: number,
): CombatSummary {
  const kind = definition.npcKinds[fight.npcKind]!;
  const endedAtMs = nowMs() - (tick - fight.endTick) * (1_000 / TICK_HZ);
  return {
    combatId: combatId(fence, fight.fightSeq),
    startedAtMs: endedAtMs - (fight.endTick - fight.startTick) * (1_000 / TICK_HZ),
    endedAtMs,
    outcome: fight.outcome,
    npc: {
      kind: kind.id as Slug,
      level: kind.level,
      damageDone: fight.npcDamageDone,
      damageTaken: fight.npcDamageTaken,
    },
    participants: fight.members.map((member) => participantOf(definition, member)),
    log: logOf(definition, fight),
  };
}

/** What the combat domain is told of a death. */
export function deathRecord(fence: ZoneFence, { definition }: RecordContext, death: PlayerDeath): Death {
  const { deathSeq, fightSeq, accountId, characterId, killer } = death;
  const kind = 'npcKind' in killer ? definition.npcKinds[killer.npcKind]! : undefined;
  return {
    deathSeq,
    combatId:
      fightSeq === undefined
        ? deriveId('cbt', fence.zoneId, fence.epoch, 'death', deathSeq)
        : combatId(fence, fightSeq),
    accountId: accountId as AccountId,
    characterId: characterId as CharacterId,
    killer: kind
      ? { npcKind: kind.id as Slug, npcLevel: kind.level }
      : (killer as { accountId: AccountId; characterId: CharacterId }),
  };
}

/** What the combat domain is told of a fight or duel between two. */
export function pvpFightRecord(fence: ZoneFence, { definition, nowMs }: RecordContext, feud: FeudResult): PvpFight {
  const endedAtMs = nowMs();
  const [first, second] = feud.members.map((member) => participantOf(definition, member));
  return {
    combatId: combatId(fence, feud.fightSeq),
    startedAtMs: endedAtMs - (feud.endTick - feud.startTick) * (1_000 / TICK_HZ),
    endedAtMs,
    isDuel: feud.isDuel,
    winnerId: feud.winnerId as CharacterId | undefined,
    participants: [first!, second!],
    log: logOf(definition, feud),
  };
}

function participantOf({ abilities }: ZoneDefinition, member: FightMember): CombatSummary['participants'][number] {
  const { accountId, characterId, damageDone, damageTaken, healingDone, hits, misses, deaths } = member;
  const { bestBlow, bestAbility } = member;
  return {
    accountId: accountId as AccountId,
    characterId: characterId as CharacterId,
    ...{ damageDone, damageTaken, healingDone, hits, misses, deaths },
    ...(bestBlow > 0 ? { bestBlow: { amount: bestBlow, abilityId: abilities[bestAbility]!.id as Slug } } : {}),
  };
}

/** A fight's log with the names of those and of that which the simulation numbers. */
function logOf({ abilities }: ZoneDefinition, { log, members }: FightResult | FeudResult): FightLog {
  const names = new Map<number, CharacterId | 'npc'>([[NPC_SIDE, 'npc']]);
  for (const { number, characterId } of members) names.set(number, characterId as CharacterId);
  return {
    spanMs: log.bucketTicks * (1_000 / TICK_HZ),
    tellsAbilities: log.tellsAbilities,
    tellsFighters: log.tellsFighters,
    entries: [...log.rows()].map(({ bucket, source, target, ability, kind, count, amount }) => ({
      span: bucket,
      source: names.get(source),
      target: names.get(target),
      ability: ability === ANY_ABILITY ? undefined : (abilities[ability]!.id as Slug),
      ...{ kind, count, amount },
    })),
  };
}
