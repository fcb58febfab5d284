import type { Stage } from '../stage.ts';
import type { Recipe } from './recipe.ts';

const partyIdOf = ({ body }: { body: unknown }) => (body as { partyId: string }).partyId;

/** Cyd's party, of which Eve is a member. */
async function cydsParty(stage: Stage): Promise<string> {
  const [cyd, eve] = [stage.player('cyd'), stage.player('eve')];
  const partyId = partyIdOf(await stage.must('party.create-party', { body: {} }, cyd.actor));
  const { characterId } = eve.actor;
  await stage.must('party.invite', { body: { characterId } }, cyd.actor);
  await stage.must('party.accept-invite', { params: { partyId } }, eve.actor);
  return partyId;
}

/** What groups bring about. Invites live for a minute: these come late. */
export const partyRecipes: readonly Recipe[] = [
  {
    name: 'Cyd leads a party with Eve, and has just asked Ana to join',
    prepare: async (stage) => {
      const partyId = await cydsParty(stage);
      const ana = stage.player('ana');
      await stage.must('party.invite', { body: { characterId: ana.actor.characterId } }, stage.player('cyd').actor);
      ana.pool.add('partyId', partyId);
      return undefined;
    },
  },
  {
    name: 'Cyd, as the leader',
    endpoints: [
      'party.get-party',
      'party.disband-party',
      'party.leave-party',
      'party.kick-member',
      'party.transfer-lead',
      'party.set-loot',
      'party.start-ready-check',
    ],
    prepare: async (stage) => {
      const member = stage.player('eve').actor.characterId;
      return { caller: 'cyd', values: { characterId: [member], masterLooterId: [member] } };
    },
  },
  {
    name: 'strangers are there to be invited',
    endpoints: ['party.invite'],
    prepare: async (stage) => {
      const [bob, dov] = [stage.player('bob'), stage.player('dov')];
      return {
        caller: 'cyd',
        values: {
          characterId: [bob.actor.characterId, dov.actor.characterId],
          characterName: ['Runbob', 'Rundov'],
        },
      };
    },
  },
];

/** A ready check lives for half a minute: the last of all that is prepared. */
export const readyCheckRecipe: Recipe = {
  name: 'Cyd asks whether all are ready, and Eve answers',
  endpoints: ['party.answer-ready-check'],
  prepare: async (stage) => {
    await stage.must('party.start-ready-check', {}, stage.player('cyd').actor);
    return { caller: 'eve' };
  },
};
