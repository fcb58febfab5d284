import type { Stage } from '../stage.ts';
import { Docks } from './docks.ts';
import type { Recipe } from './recipe.ts';

/** It always leaves a legendary, and is worth rolling for. */
const COURIER = 'gilded-courier';

const partyPlayers = (stage: Stage) => [stage.player('dov'), stage.player('eve')] as const;

/** A kill of Dov's party, shared as it settles for that. */
async function partyKill(stage: Stage, loot: object) {
  const [dov, eve] = partyPlayers(stage);
  const docks = await Docks.of(stage);
  await docks.enter(dov);
  await docks.enter(eve);
  await stage.must('party.set-loot', { body: loot }, dov.actor);
  const [drop] = await docks.kill([dov, eve], COURIER);
  return drop!;
}

/** What parties roll for. Rolls live for a minute: these come last of all. */
export const lootRecipes: readonly Recipe[] = [
  {
    name: 'it is Dov’s turn to loot',
    endpoints: ['loot.release-drop'],
    prepare: async (stage) => {
      const drop = await partyKill(stage, { method: 'round_robin', threshold: 'uncommon' });
      return { caller: 'dov', values: { dropId: [drop.dropId] } };
    },
  },
  {
    name: 'Dov gives out as the master looter',
    endpoints: ['loot.assign-slot'],
    prepare: async (stage) => {
      const drop = await partyKill(stage, { method: 'master', threshold: 'common' });
      const [dov, eve] = partyPlayers(stage);
      return {
        caller: 'dov',
        values: {
          dropId: [drop.dropId],
          slotIndex: drop.slots.map(({ slotIndex }) => String(slotIndex)),
          characterId: [dov.actor.characterId, eve.actor.characterId],
        },
      };
    },
  },
  {
    name: 'Dov and Eve roll for what a kill has left',
    endpoints: ['loot.vote', 'loot.get-roll', 'loot.list-rolls'],
    prepare: async (stage) => {
      const drop = await partyKill(stage, { method: 'group', threshold: 'common' });
      return { caller: 'eve', values: { rollId: drop.slots.flatMap(({ rollId }) => rollId ?? []) } };
    },
  },
];
