import { logIn } from '#shared/testing/test-player.ts';
import type { Stage } from '../stage.ts';
import { withSecondFactor } from './identity.ts';
import type { Recipe } from './recipe.ts';
import { experienced } from './social.ts';

/** A player who has put the character aside. */
async function withIdleCharacter(stage: Stage, name: string) {
  const { actor } = await stage.cast(name);
  const { characterId } = actor;
  await stage.bring('character.deselect-character', name, { characterId: [characterId] });
  await stage.world.deliver();
  return { actor: { ...actor, characterId: undefined }, characterId };
}

/** What staff and characters' lives bring about. */
export const staffRecipes: readonly Recipe[] = [
  {
    name: 'somebody has thought of names that nobody has',
    endpoints: ['character.create-character'],
    prepare: async () => ({ values: { name: ['Vesper', 'Juno', 'Искра'] } }),
  },
  {
    name: 'Bob’s character stands nowhere, so that it can be changed',
    endpoints: ['character.change-appearance'],
    prepare: async (stage) => ({
      caller: 'bob',
      values: { characterId: [stage.player('bob').actor.characterId] },
    }),
  },
  {
    name: 'nobody plays Pia’s character, so that it can be deleted',
    endpoints: ['character.delete-character'],
    prepare: async (stage) => {
      const { actor, characterId } = await withIdleCharacter(stage, 'pia');
      return { caller: 'pia', actor, values: { characterId: [characterId], confirmName: ['Runpia'] } };
    },
  },
  {
    name: 'Lea has to take another name; her sessions were closed with that',
    endpoints: ['character.rename-character'],
    prepare: async (stage) => {
      const { email, actor: before } = await stage.cast('lea');
      const { accountId, characterId } = before;
      await stage.bring('character.force-rename', 'boss', { characterId: [characterId] });
      await stage.world.deliver();
      stage.pause();
      const { actor } = await logIn(stage.world, { email, accountId });
      return { caller: 'lea', actor, values: { characterId: [characterId], name: ['Vesper', 'Nyxlea', 'Окно'] } };
    },
  },
  {
    name: 'Max has deleted a character',
    endpoints: ['character.restore-character'],
    prepare: async (stage) => {
      const { actor, characterId } = await withIdleCharacter(stage, 'max');
      const body = { confirmName: 'Runmax' };
      await stage.must('character.delete-character', { params: { characterId }, body }, actor);
      return { caller: 'max', actor, values: { characterId: [characterId] } };
    },
  },
  {
    name: 'Vip is an administrator too',
    endpoints: [],
    prepare: async (stage) => {
      const vip = await stage.cast('vip');
      await withSecondFactor(stage, vip);
      const { accountId } = vip.actor;
      const body = { roles: ['admin'], reason: 'One of two' };
      const boss = await stage.world.stepUp(stage.player('boss').actor);
      await stage.must('account.admin-set-roles', { params: { accountId }, body }, boss);
      stage.players.set('vip', { ...vip, actor: { ...vip.actor, roles: ['player', 'admin'] } });
      return undefined;
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
