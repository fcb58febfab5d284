import { items } from '#content/items.ts';
import { npcs } from '#content/npcs.ts';
import { recordFight } from '#functions/combat/public.ts';
import { mintItems } from '#functions/inventory/public.ts';
import type { ZoneFence } from '#functions/zone/public.ts';
import { MINUTE_MS, SECOND_MS } from '#shared/kernel/clock.ts';
import { createId } from '#shared/kernel/ids.ts';
import type { Player, Stage } from '../stage.ts';
import { Docks } from './docks.ts';
import { commit, type Recipe } from './recipe.ts';

const KILLS = 3;

async function fight(stage: Stage, fence: ZoneFence, { actor, pool }: Player): Promise<void> {
  const { accountId, characterId } = actor;
  const endedAtMs = stage.world.clock.nowMs();
  const combatId = createId('cbt');
  const kinds = ['hit', 'critical', 'miss', 'death'] as const;
  const blow = { source: characterId, target: 'npc', ability: 'plain-attack', count: 2, amount: 25 } as const;
  const own = { damageDone: 100, damageTaken: 30, healingDone: 5, hits: 9, misses: 1, deaths: 0 };
  await recordFight(fence, {
    combatId,
    startedAtMs: endedAtMs - MINUTE_MS,
    endedAtMs,
    outcome: 'npc_died',
    npc: { kind: npcs.all[0]!.id, level: 2, damageDone: 30, damageTaken: 120 },
    participants: [{ accountId, characterId, ...own, bestBlow: { amount: 20, abilityId: 'plain-attack' } }],
    log: {
      ...{ spanMs: SECOND_MS, tellsAbilities: true, tellsFighters: true },
      entries: kinds.map((kind, span) => ({ ...blow, kind, span })),
    },
  });
  pool.add('combatId', combatId);
}

/** What only the zone fleet and fights bring about. */
export const worldRecipes: readonly Recipe[] = [
  {
    name: 'Ana stands in an open zone, where her kills have left drops',
    prepare: async (stage) => {
      const ana = stage.player('ana');
      const docks = await Docks.of(stage);
      await docks.enter(ana);
      for (let kills = 0; kills < KILLS; kills += 1) await docks.kill([ana]);
      await fight(stage, docks.fence, ana);
      await fight(stage, docks.fence, stage.player('bob'));
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
