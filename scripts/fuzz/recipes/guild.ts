import { guildOfPlayers } from '#shared/testing/test-guild.ts';
import type { Recipe } from './recipe.ts';

/** A guild that is founded already: ten signatures are not what is to be tried. */
export const guildRecipes: readonly Recipe[] = [
  {
    name: 'Eve leads a guild with Dov, and has asked Ana to join',
    prepare: async (stage) => {
      const [ana, dov, eve] = [stage.player('ana'), stage.player('dov'), stage.player('eve')];
      const members = [eve, dov].map(({ actor, name }) => ({ ...actor, name: `Run${name}` }));
      const guildId = await guildOfPlayers(stage.world, members);
      await stage.must('guild.invite', { body: { characterId: ana.actor.characterId } }, eve.actor);
      ana.pool.add('guildId', guildId);
      return undefined;
    },
  },
  {
    name: 'Eve, as the leader, has Dov to act on',
    endpoints: [
      'guild.get-guild',
      'guild.list-members',
      'guild.remove-member',
      'guild.set-rank',
      'guild.transfer-lead',
    ],
    prepare: async (stage) => ({
      caller: 'eve',
      values: { characterId: [stage.player('dov').actor.characterId] },
    }),
  },
  {
    name: 'Dov may leave',
    endpoints: ['guild.leave-guild'],
    prepare: async () => ({ caller: 'dov' }),
  },
  {
    name: 'others are there to be asked',
    endpoints: ['guild.invite'],
    prepare: async (stage) => {
      const [bob, cyd] = [stage.player('bob'), stage.player('cyd')];
      return {
        caller: 'eve',
        values: { characterId: [bob.actor.characterId, cyd.actor.characterId], characterName: ['Runbob', 'Runcyd'] },
      };
    },
  },
  {
    name: 'names that a guild may have',
    endpoints: ['guild.draw-up-charter'],
    prepare: async () => ({ values: { name: ['Chrome Saints', 'Ярость Доков', '47 Ronin'] } }),
  },
];
