import type { Stage } from '../stage.ts';
import { Docks } from './docks.ts';
import type { Recipe } from './recipe.ts';

/** It always leaves a legendary, and is worth rolling for. */
const COURIER = 'gilded-courier';

const partyPlayers = (stage: Stage) => [stage.player('cyd'), stage.player('eve')] as const;

/** A kill of Cyd's party, shared as it settles for that. */
async function partyKill(stage: Stage, loot: object) {
  const [cyd, eve] = partyPlayers(stage);
  const docks = await Docks.of(stage);
  await docks.enter(cyd);
  await docks.enter(eve);
  await stage.must('party.set-loot', { body: loot }, cyd.actor);
  const [drop] = await docks.kill([cyd, eve], COURIER);
  return drop!;
}

/** What parties roll for. Rolls live for a minute: these come last of all. */
export const lootRecipes: readonly Recipe[] = [
  {
    name: 'it is Cyd’s turn to loot',
    endpoints: ['loot.release-drop'],
    prepare: async (stage) => {
      const drop = await partyKill(stage, { method: 'round_robin', threshold: 'uncommon' });
      return { caller: 'cyd', values: { dropId: [drop.dropId] } };
    },
  },
  {
    name: 'Cyd gives out as the master looter',
    endpoints: ['loot.assign-slot'],
    prepare: async (stage) => {
      const drop = await partyKill(stage, { method: 'master', threshold: 'common' });
      const [cyd, eve] = partyPlayers(stage);
      return {
        caller: 'cyd',
        values: {
          dropId: [drop.dropId],
          slotIndex: drop.slots.map(({ slotIndex }) => String(slotIndex)),
          characterId: [cyd.actor.characterId, eve.actor.characterId],
        },
      };
    },
  },
  {
    name: 'Cyd and Eve roll for what a kill has left',
    endpoints: ['loot.vote', 'loot.get-roll', 'loot.list-rolls'],
    prepare: async (stage) => {
      const drop = await partyKill(stage, { method: 'group', threshold: 'common' });
      return { caller: 'eve', values: { rollId: drop.slots.flatMap(({ rollId }) => rollId ?? []) } };
    },
  },
];
