import { npcs } from '#content/npcs.ts';
import { MAX_GROUP } from '#events/fields.ts';
import { npcDied } from '#functions/combat/public.ts';
import { partyOf } from '#functions/party/public.ts';
import {
  type BossFall,
  bossDone,
  bossFell,
  requireOwner,
  type ZoneFence,
  zoneOperation,
} from '#functions/zone/public.ts';
import { GameError } from '#shared/contract/errors.ts';
import { type Changes, mergeChanges } from '#shared/events/changes.ts';
import { toIso } from '#shared/kernel/clock.ts';
import { type CharacterId, type CombatId, type DropId, deriveId, type Slug } from '#shared/kernel/ids.ts';
import { type Random, systemRandom } from '#shared/kernel/random.ts';
import { zoneOf } from '#shared/kernel/zone-unit.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import type { Drop } from './drop.ts';
import {
  type Bystander,
  type Claimant,
  dropTimes,
  type Earners,
  freezeEarners,
  ofTapGroup,
  topDamagerOf,
} from './rules.ts';
import {
  type BareDrop,
  type Find,
  generated,
  looters,
  type RecordedDrop,
  rolled,
  sharedDrop,
  shown,
} from './shared-drop.ts';
import { createWrite, readDrop, readDrops } from './store.ts';

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
  /** Who had a part in it: at least one; the killer first. */
  readonly claimants: readonly Claimant[];
  /** Who struck first: the kill is its group's, if any of it is near. */
  readonly tappedBy?: CharacterId | undefined;
  /** Who else stood near, dead or alive. */
  readonly nearby?: readonly Bystander[] | undefined;
  /** It was a boss: how long it stays dead, whoever runs the zone. */
  readonly boss?: BossFall | undefined;
}

const alreadyRecorded = 'loot.kill_recorded';

/**
 * Records a kill in one transaction: the zone's epoch holds, the drop with its slots lies in the world, who has a claim
 * on what is settled, rolls begin, NPC_DIED, LOOT_GENERATED and LOOT_ROLL_STARTED are told. The same (zoneId, epoch,
 * killSeq) again answers the first call's drops, whatever else it says. None: the kill left nothing.
 * @throws GameError `zone.fenced` when the caller lost the zone; nothing is recorded then.
 */
export async function recordKill(
  fence: ZoneFence,
  kill: Kill,
  random: Random = systemRandom,
): Promise<readonly RecordedDrop[]> {
  const dropId = deriveId('drp', fence.zoneId, fence.epoch, kill.killSeq);
  try {
    return await withConflictRetry(async () => {
      const { drops, changes } = await decide(fence, dropId, kill, random);
      const [first, ...others] = drops as [Drop, ...Drop[]];
      const recorded = createWrite(first, new GameError(alreadyRecorded));
      const writes = [
        requireOwner(fence),
        recorded,
        ...others.map((one) => createWrite(one, new GameError(alreadyRecorded))),
      ];
      const fell = kill.boss ? bossFell(fence.zoneId, kill.boss) : {};
      await zoneOperation(first.killId).commit(mergeChanges({ writes }, fell, changes));
      return drops.flatMap(shown);
    });
  } catch (error) {
    if (!(error instanceof GameError) || error.code !== alreadyRecorded) throw error;
    const first = await readDrop(dropId);
    if (!first) throw error;
    const parts = await readDrops(first.partIds ?? []);
    return [first, ...parts].flatMap(shown);
  }
}

/** Everything that one kill brings about; the first drop's row is the record of the kill. */
async function decide(
  fence: ZoneFence,
  dropId: DropId,
  kill: Kill,
  random: Random,
): Promise<{ readonly drops: readonly Drop[]; readonly changes: Changes }> {
  const npc = npcs.get(kill.npcKind);
  // What gives everybody a roll of its own is everybody's.
  const tapper = npc.personalLoot ? undefined : kill.tappedBy;
  const party = await partyOf(tapper ?? topDamagerOf(kill.claimants));
  const members = party?.members.map(({ characterId }) => characterId) ?? [];
  const claimants = ofTapGroup(kill.claimants, tapper, members);
  const earners = freezeEarners({ claimants, nearby: kill.nearby ?? [] }, members, MAX_GROUP);
  const context = { fence, dropId, kill, npc, earners, random };
  const made = npc.personalLoot ? personalDrops(context) : await sharedDrop(findOf(context), party);
  const left = made.drops.filter(({ slots }) => slots.length > 0);
  const died = npcDied({
    killId: made.drops[0]!.killId,
    zoneId: zoneOf(fence.zoneId),
    epoch: fence.epoch,
    combatId: kill.combatId,
    npcKind: kill.npcKind,
    npcLevel: kill.npcLevel,
    npcRank: npc.rank,
    spawnId: kill.spawnId,
    position: { x: kill.x, y: kill.y },
    killedAt: toIso(kill.killedAtMs),
    eligible: [...earners.all],
    topDamager: earners.topDamager,
    ...(left.length > 0 ? { dropId: left[0]!.dropId } : {}),
  });
  const characterIds = earners.all.map(({ characterId }) => characterId);
  const done = kill.boss
    ? await bossDone(fence.zoneId, { npcKind: kill.npcKind, characterIds, nowMs: kill.killedAtMs })
    : {};
  return {
    drops: made.drops,
    changes: mergeChanges(died, ...left.map((drop) => ({ events: [generated(drop)] })), made.changes, done),
  };
}

interface KillContext {
  readonly fence: ZoneFence;
  readonly dropId: DropId;
  readonly kill: Kill;
  readonly npc: ReturnType<typeof npcs.get>;
  readonly earners: Earners;
  readonly random: Random;
}

/** What is found is that of the NPC's table. */
function findOf(context: KillContext): Find {
  const { kill, npc, earners, random } = context;
  const { lootTable, decaySeconds } = npc;
  return { bare: bareDrop(context), lootTable, decaySeconds, foundAtMs: kill.killedAtMs, earners, random };
}

function bareDrop({ fence, dropId, kill, npc }: KillContext): BareDrop {
  return {
    dropId,
    killId: `${fence.zoneId}.${fence.epoch}.${kill.killSeq}`,
    zoneId: fence.zoneId,
    epoch: fence.epoch,
    npcKind: kill.npcKind,
    x: kill.x,
    y: kill.y,
    startedAtMs: kill.killedAtMs,
    ...(npc.lockout ? { lockout: { period: npc.lockout, npcKind: kill.npcKind } } : {}),
  };
}

/** A roll of the table for everybody who had a part in it, each in a drop of their own that never is anybody else's. */
function personalDrops(context: KillContext): { readonly drops: readonly Drop[]; readonly changes: Changes } {
  const { dropId, kill, npc, earners } = context;
  const find = findOf(context);
  const { bare } = find;
  const { expiresAtMs } = dropTimes(npc, kill.killedAtMs);
  const times = { freeForAllAtMs: expiresAtMs, expiresAtMs };
  const hands = new Set(kill.claimants.map(({ characterId }) => characterId));
  const parts = looters(
    earners,
    earners.order.filter((id) => hands.has(id)),
  ).flatMap((looter): Drop[] => {
    const slots = rolled(find).map((entry) => ({
      ...entry,
      state: 'OPEN' as const,
      claim: 'own' as const,
      reservedFor: looter.characterId,
    }));
    if (slots.length === 0) return [];
    const own = deriveId('drp', dropId, looter.characterId);
    return [{ ...bare, ...times, dropId: own, method: 'personal', eligible: [looter], slots }];
  });
  const record: Drop = {
    ...bare,
    ...times,
    method: 'personal',
    eligible: looters(earners, earners.order),
    partIds: parts.map((part) => part.dropId),
    slots: [],
  };
  return { drops: [record, ...parts], changes: {} };
}
