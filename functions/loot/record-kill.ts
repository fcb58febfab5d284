import { items as itemTemplates } from '#content/items.ts';
import { lootTables } from '#content/loot-tables.ts';
import { npcs } from '#content/npcs.ts';
import { MAX_GROUP } from '#events/fields.ts';
import { LOOT_GENERATED } from '#events/loot.ts';
import { npcDied } from '#functions/combat/public.ts';
import { lastServedOf, noteLoot, type Party, partyOf } from '#functions/party/public.ts';
import {
  type BossFall,
  bossDone,
  bossFell,
  requireOwner,
  type ZoneFence,
  zoneOperation,
} from '#functions/zone/public.ts';
import { GameError } from '#shared/contract/errors.ts';
import { type Changes, event, mergeChanges, push } from '#shared/events/changes.ts';
import { toIso } from '#shared/kernel/clock.ts';
import {
  type CharacterId,
  type CombatId,
  type DropId,
  deriveId,
  type LootRollId,
  type Slug,
} from '#shared/kernel/ids.ts';
import { type Random, systemRandom } from '#shared/kernel/random.ts';
import { zoneOf } from '#shared/kernel/zone-unit.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { type Allotment, allot } from './allotment.ts';
import { type Beginning, beginRolls, pieceOf, rollIdOf } from './begin-rolls.ts';
import type { Drop, DropMethod, Looter } from './drop.ts';
import {
  type Bystander,
  type Claimant,
  dropTimes,
  type Earners,
  freezeEarners,
  lootLimits,
  ofTapGroup,
  rollLoot,
  topDamagerOf,
} from './rules.ts';
import { createWrite, readDrop, readDrops } from './store.ts';
import { lootTopic } from './topics.ts';

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

/** What a kill has left, as the zone shows it to those who earned it. */
export interface RecordedDrop {
  readonly dropId: DropId;
  readonly method: DropMethod;
  readonly eligibleIds: readonly CharacterId[];
  readonly slots: readonly {
    readonly slotIndex: number;
    readonly templateId: Slug;
    readonly count: number;
    /** Whose it is, where it is one's alone or their turn. */
    readonly reservedFor?: CharacterId | undefined;
    /** The roll for it. */
    readonly rollId?: LootRollId | undefined;
  }[];
  readonly expiresAtMs: number;
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
  const made = npc.personalLoot ? personalDrops(context) : await sharedDrop(context, party);
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

function rolled({ npc, random }: KillContext) {
  return rollLoot(lootTables.get(npc.lootTable), random, (id) => itemTemplates.get(id).maxStack);
}

function looters({ earners }: KillContext, ids: readonly CharacterId[]): readonly Looter[] {
  return ids.map((id) => {
    const { accountId, characterId } = earners.all.find((one) => one.characterId === id)!;
    return { accountId, characterId };
  });
}

function bareDrop({
  fence,
  dropId,
  kill,
  npc,
}: KillContext): Omit<Drop, 'method' | 'eligible' | 'slots' | 'freeForAllAtMs' | 'expiresAtMs'> {
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
  const { dropId, kill, npc } = context;
  const bare = bareDrop(context);
  const { expiresAtMs } = dropTimes(npc, kill.killedAtMs);
  const times = { freeForAllAtMs: expiresAtMs, expiresAtMs };
  const hands = new Set(kill.claimants.map(({ characterId }) => characterId));
  const parts = looters(
    context,
    context.earners.order.filter((id) => hands.has(id)),
  ).flatMap((looter): Drop[] => {
    const slots = rolled(context).map((entry) => ({
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
    eligible: looters(context, context.earners.order),
    partIds: parts.map((part) => part.dropId),
    slots: [],
  };
  return { drops: [record, ...parts], changes: {} };
}

/** One drop, shared as the party has settled, or by those who had a part in it. */
async function sharedDrop(
  context: KillContext,
  party: Party | undefined,
): Promise<{ readonly drops: readonly Drop[]; readonly changes: Changes }> {
  const { kill, npc, earners, random } = context;
  const { killedAtMs } = kill;
  const sharing = party && earners.partyIds.length > 0 ? party : undefined;
  const { method, threshold, masterLooterId } = sharing?.loot ?? {
    method: 'solo' as const,
    threshold: 'common' as const,
  };
  const entries = rolled(context);
  const lastServedId = sharing && entries.length > 0 ? await lastServedOf(sharing.partyId) : undefined;
  const allotted = allot(
    entries,
    { method, threshold, eligible: earners.order, partyIds: turnOrder(sharing, earners), lastServedId },
    (id) => itemTemplates.get(id),
    random,
  );
  const slotsWith = (claim: string) =>
    allotted.slots.flatMap((slot, slotIndex) => (slot.claim === claim ? [slotIndex] : []));
  const [toRoll, toGive] = [slotsWith('roll'), slotsWith('master')];
  const { rollWindowMs, masterWindowMs } = lootLimits;
  const contestMs = toGive.length > 0 ? masterWindowMs + rollWindowMs : toRoll.length > 0 ? rollWindowMs : 0;
  const drop: Drop = {
    ...bareDrop(context),
    method,
    ...(sharing ? { threshold, partyId: sharing.partyId } : {}),
    ...(toGive.length > 0 ? { masterLooterId, masterUntilMs: killedAtMs + masterWindowMs } : {}),
    eligible: looters(context, earners.order),
    ...dropTimes(npc, killedAtMs, contestMs),
    slots: allotted.slots,
  };
  const beginning = beginRolls(drop, toRoll, killedAtMs);
  return {
    drops: [drop],
    changes: mergeChanges(
      beginning.changes,
      sharing ? { writes: notes(sharing, allotted, lastServedId, beginning, killedAtMs) } : {},
      tellMaster(drop, toGive),
    ),
  };
}

/** Turns go round all members, so that who was not there this time is not passed by the next. */
function turnOrder(party: Party | undefined, earners: Earners): readonly CharacterId[] {
  return party ? party.members.map(({ characterId }) => characterId) : earners.partyIds;
}

function notes(
  { partyId }: Party,
  { servedId }: Allotment,
  lastServedId: CharacterId | undefined,
  { rollIds, closesAtMs }: Beginning,
  nowMs: number,
) {
  if (!servedId && rollIds.length === 0) return [];
  return [
    noteLoot({
      partyId,
      ...(servedId ? { turn: { servedId, lastServedId } } : {}),
      ...(rollIds.length > 0 ? { rolls: { ids: rollIds, closeAtMs: closesAtMs } } : {}),
      nowMs,
    }),
  ];
}

function tellMaster(drop: Drop, slotIndexes: readonly number[]): Changes {
  const { dropId, partyId, masterLooterId, masterUntilMs } = drop;
  if (slotIndexes.length === 0 || !partyId || !masterLooterId) return {};
  const waits = {
    type: 'master_waits' as const,
    dropId,
    masterLooterId,
    slots: slotIndexes.map((slotIndex) => ({ slotIndex, ...pieceOf(drop.slots[slotIndex]!) })),
    until: toIso(masterUntilMs!),
  };
  return { pushes: [push(lootTopic, { partyId }, waits)] };
}

function generated(drop: Drop) {
  const { dropId, zoneId, epoch, npcKind, x, y, method, partyId } = drop;
  return event(LOOT_GENERATED, {
    aggregateId: dropId,
    aggregateSeq: 1,
    data: {
      dropId,
      zoneId: zoneOf(zoneId),
      epoch,
      npcKind: npcKind!,
      position: { x, y },
      slots: drop.slots.map((slot, slotIndex) => ({ slotIndex, ...pieceOf(slot) })),
      eligible: drop.eligible.map(({ accountId, characterId }) => ({ accountId, characterId })),
      method,
      ...(partyId ? { partyId } : {}),
      freeForAllAt: toIso(drop.freeForAllAtMs),
      expiresAt: toIso(drop.expiresAtMs),
    },
  });
}

function shown(drop: Drop): readonly RecordedDrop[] {
  if (drop.slots.length === 0) return [];
  const { dropId, method, expiresAtMs } = drop;
  return [
    {
      dropId,
      method,
      expiresAtMs,
      eligibleIds: drop.eligible.map(({ characterId }) => characterId),
      slots: drop.slots.map(({ templateId, count, claim, reservedFor }, slotIndex) => ({
        slotIndex,
        templateId,
        count,
        ...(reservedFor ? { reservedFor } : {}),
        ...(claim === 'roll' ? { rollId: rollIdOf(dropId, slotIndex) } : {}),
      })),
    },
  ];
}
