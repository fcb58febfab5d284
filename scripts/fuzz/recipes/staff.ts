import type { Recipe } from './recipe.ts';
import { experienced } from './social.ts';

/** What staff and characters' lives bring about. */
export const staffRecipes: readonly Recipe[] = [
  {
    name: 'Bob’s character stands nowhere, so that it can be changed and deleted',
    endpoints: ['character.change-appearance', 'character.delete-character'],
    prepare: async (stage) => {
      const { characterId } = stage.player('bob').actor;
      return { caller: 'bob', values: { characterId: [characterId], confirmName: ['Runbob'] } };
    },
  },
  {
    name: 'Lea has to take another name',
    endpoints: ['character.rename-character'],
    prepare: async (stage) => {
      const { characterId } = (await stage.cast('lea')).actor;
      await stage.bring('character.force-rename', 'boss', { characterId: [characterId] });
      return { caller: 'lea', values: { characterId: [characterId], name: ['Vesper', 'Nyxlea', 'Окно'] } };
    },
  },
  {
    name: 'Max has deleted a character',
    endpoints: ['character.restore-character'],
    prepare: async (stage) => {
      const { characterId } = (await stage.cast('max')).actor;
      await stage.bring('character.delete-character', 'max', { characterId: [characterId], confirmName: ['Runmax'] });
      return { caller: 'max', values: { characterId: [characterId] } };
    },
  },
  {
    name: 'Ned is banned',
    endpoints: ['account.admin-unban'],
    prepare: async (stage) => {
      const { accountId } = (await stage.cast('ned')).actor;
      await stage.bring('account.admin-ban', 'boss', { accountId: [accountId] });
      return { values: { accountId: [accountId] } };
    },
  },
  {
    name: 'Ola has spent points',
    endpoints: ['progression.respec'],
    prepare: async (stage) => {
      const ola = await stage.cast('ola');
      await experienced(stage, ola);
      await stage.bring('progression.raise-attributes', 'ola');
      await stage.bring('progression.raise-skills', 'ola');
      return { caller: 'ola' };
    },
  },
  {
    name: 'the administrator has written to everybody',
    endpoints: ['notification.cancel-campaign'],
    prepare: async (stage) => {
      const { body } = await stage.bring('notification.send', 'boss', { kind: ['all'] });
      return { values: { campaignId: [(body as { campaignId: string }).campaignId] } };
    },
  },
];
