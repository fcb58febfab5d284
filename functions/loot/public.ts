import { items as itemTemplates } from '#content/items.ts';
import { lootTables } from '#content/loot-tables.ts';
import { npcs } from '#content/npcs.ts';
import { MAX_GROUP } from '#events/fields.ts';
import { LOOT_GENERATED } from '#events/loot.ts';
import { npcDied } from '#functions/combat/public.ts';
import { requireOwner, type ZoneFence, zoneOperation } from '#functions/zone/public.ts';
import { GameError } from '#shared/contract/errors.ts';
import { type Changes, event, mergeChanges } from '#shared/events/changes.ts';
import { toIso } from '#shared/kernel/clock.ts';
import { type CombatId, type DropId, deriveId, type Slug } from '#shared/kernel/ids.ts';
import { type Random, systemRandom } from '#shared/kernel/random.ts';
import { type Claimant, dropTimes, freezeEligible, rollLoot } from './rules.ts';
import { createWrite, type Drop, readDrop } from './store.ts';

/** The death of an NPC, as the zone saw it. */
export interface Kill {
  /** Counts the kills of this epoch from 1: (zoneId, epoch, killSeq) names the kill, its drop and every item of it. */
  readonly killSeq: number;
  readonly npcKind: Slug;
  readonly npcLevel: number;
  readonly spawnId: string;
  readonly x: number;
  readonly y: number;
  readonly killedAtMs: number;
  readonly combatId: CombatId;
  /** At least one; the killer first. */
  readonly claimants: readonly Claimant[];
}

/** What a kill has left, as the zone shows it. */
export interface RecordedDrop {
  readonly dropId: DropId;
  readonly slots: readonly { readonly slotIndex: number; readonly templateId: Slug; readonly count: number }[];
  readonly expiresAtMs: number;
}

const alreadyRecorded = 'loot.kill_recorded';

/**
 * Records a kill in one transaction: the zone's epoch holds, the drop with its slots lies in the world, NPC_DIED and
 * LOOT_GENERATED are told. The same (zoneId, epoch, killSeq) again answers the first call's drop, whatever else it
 * says. Undefined: the kill left nothing.
 * @throws GameError `zone.fenced` when the caller lost the zone; nothing is recorded then.
 */
export async function recordKill(
  fence: ZoneFence,
  kill: Kill,
  random: Random = systemRandom,
): Promise<RecordedDrop | undefined> {
  const { drop, facts } = decide(fence, kill, random);
  const recorded = createWrite(drop, new GameError(alreadyRecorded));
  try {
    await zoneOperation(drop.killId).commit(mergeChanges({ writes: [requireOwner(fence), recorded] }, facts));
    return shown(drop);
  } catch (error) {
    if (!(error instanceof GameError) || error.code !== alreadyRecorded) throw error;
    const first = await readDrop(drop.dropId);
    if (!first) throw error;
    return shown(first);
  }
}

function decide(fence: ZoneFence, kill: Kill, random: Random): { readonly drop: Drop; readonly facts: Changes } {
  const { zoneId, epoch } = fence;
  const { npcKind, npcLevel, x, y, killSeq, combatId, spawnId } = kill;
  const npc = npcs.get(npcKind);
  const killId = `${zoneId}.${epoch}.${killSeq}`;
  const dropId = deriveId('drp', zoneId, epoch, killSeq);
  const { eligible, topDamager } = freezeEligible(kill.claimants, MAX_GROUP);
  const entries = rollLoot(lootTables.get(npc.lootTable), random, (id) => itemTemplates.get(id).maxStack);
  const refs = eligible.map(({ accountId, characterId }) => ({ accountId, characterId }));
  const drop: Drop = {
    dropId,
    killId,
    zoneId,
    epoch,
    npcKind,
    x,
    y,
    eligible: refs.map(({ characterId }) => characterId),
    ...dropTimes(npc, kill.killedAtMs),
    slots: entries.map((entry) => ({ ...entry, state: 'OPEN' })),
  };
  const died = npcDied({
    killId,
    zoneId,
    epoch,
    combatId,
    npcKind,
    npcLevel,
    npcRank: npc.rank,
    spawnId,
    position: { x, y },
    killedAt: toIso(kill.killedAtMs),
    eligible,
    topDamager,
    ...(entries.length > 0 ? { dropId } : {}),
  });
  if (entries.length === 0) return { drop, facts: died };
  const generated = event(LOOT_GENERATED, {
    aggregateId: dropId,
    aggregateSeq: 1,
    data: {
      dropId,
      zoneId,
      epoch,
      npcKind,
      position: { x, y },
      slots: entries.map(({ templateId, count }, slotIndex) => ({
        slotIndex,
        templateId,
        quality: itemTemplates.get(templateId).quality,
        count,
      })),
      eligible: refs,
      freeForAllAt: toIso(drop.freeForAllAtMs),
      expiresAt: toIso(drop.expiresAtMs),
    },
  });
  return { drop, facts: mergeChanges(died, { events: [generated] }) };
}

function shown(drop: Drop): RecordedDrop | undefined {
  if (drop.slots.length === 0) return undefined;
  const { dropId, expiresAtMs } = drop;
  return {
    dropId,
    expiresAtMs,
    slots: drop.slots.map(({ templateId, count }, slotIndex) => ({ slotIndex, templateId, count })),
  };
}
