import { items } from '#content/items.ts';
import { npcs } from '#content/npcs.ts';
import { zones } from '#content/zones.ts';
import { recordCombatSummary } from '#functions/combat/public.ts';
import { mintItems } from '#functions/inventory/public.ts';
import { recordKill } from '#functions/loot/public.ts';
import { claimZone, enterZone, type ZoneFence } from '#functions/zone/public.ts';
import { HOUR_MS, MINUTE_MS } from '#shared/kernel/clock.ts';
import { createId } from '#shared/kernel/ids.ts';
import type { Player, Stage } from '../stage.ts';
import { commit, type Recipe } from './recipe.ts';

const docks = zones.all.find((zone) => zone.starting)!;
const KILLS = 3;
/** The highest draw every time: loot tables give as much as they can. */
const generous = { int: (_min: number, max: number) => max };

function killBy(stage: Stage, { actor }: Player, killSeq: number) {
  const npc = npcs.all.find(({ rank }) => rank === 'normal')!;
  return {
    killSeq,
    npcKind: npc.id,
    npcLevel: npc.level,
    spawnId: 'drones-slipway.3',
    x: 100,
    y: 80,
    killedAtMs: stage.world.clock.nowMs(),
    combatId: createId('cbt'),
    claimants: [{ accountId: actor.accountId, characterId: actor.characterId, level: 3, damage: 100 }],
  };
}

async function fight(stage: Stage, fence: ZoneFence, { actor, pool }: Player): Promise<void> {
  const { accountId, characterId } = actor;
  const endedAtMs = stage.world.clock.nowMs();
  const combatId = createId('cbt');
  const own = { damageDone: 100, damageTaken: 30, healingDone: 5, hits: 9, misses: 1, deaths: 0 };
  await recordCombatSummary(fence, {
    combatId,
    startedAtMs: endedAtMs - MINUTE_MS,
    endedAtMs,
    outcome: 'npc_died',
    npc: { kind: npcs.all[0]!.id, level: 2, damageDone: 30, damageTaken: 120 },
    participants: [{ accountId, characterId, ...own }],
  });
  pool.add('combatId', combatId);
}

/** What only the zone fleet and fights bring about. */
export const worldRecipes: readonly Recipe[] = [
  {
    name: 'Ana stands in an open zone, where her kills have left drops',
    prepare: async (stage) => {
      const ana = stage.player('ana');
      const shardId = createId('shd');
      const claimed = await claimZone({ zoneId: docks.id, shardId, url: 'wss://zone.test', leaseMs: 24 * HOUR_MS });
      const fence = { zoneId: docks.id, shardId, epoch: claimed!.epoch };
      const { accountId, sessionId, characterId } = ana.actor;
      await enterZone(fence, { accountId, sessionId, characterId });
      ana.pool.add('zoneId', docks.id);
      for (let killSeq = 1; killSeq <= KILLS; killSeq += 1) {
        const drop = await recordKill(fence, killBy(stage, ana, killSeq), generous);
        ana.pool.add('dropId', drop!.dropId);
        for (const { slotIndex } of drop!.slots) ana.pool.add('slotIndex', String(slotIndex));
      }
      await fight(stage, fence, ana);
      await fight(stage, fence, stage.player('bob'));
      return undefined;
    },
  },
  {
    name: 'Ana and Bob carry items',
    prepare: async (stage) => {
      for (const { actor, pool } of [stage.player('ana'), stage.player('bob')]) {
        const minted = await mintItems({
          holder: actor.characterId,
          origin: 'quest',
          source: [actor.characterId, 'fuzz'],
          items: items.all.slice(0, 4).map(({ id }) => ({ templateId: id, count: 1 })),
          nowMs: stage.world.clock.nowMs(),
        });
        await commit(minted.changes);
        pool.harvest(minted.items);
      }
      return undefined;
    },
  },
];
