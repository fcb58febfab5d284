import type { Stage } from '../stage.ts';
import type { Recipe } from './recipe.ts';

const partyIdOf = ({ body }: { body: unknown }) => (body as { partyId: string }).partyId;

/** Dov's party, of which Eve is a member. */
async function dovsParty(stage: Stage): Promise<string> {
  const [dov, eve] = [stage.player('dov'), stage.player('eve')];
  const partyId = partyIdOf(await stage.must('party.create-party', { body: {} }, dov.actor));
  const { characterId } = eve.actor;
  await stage.must('party.invite', { body: { characterId } }, dov.actor);
  await stage.must('party.accept-invite', { params: { partyId } }, eve.actor);
  return partyId;
}

/** What groups bring about. Invites and ready checks live for a minute at most: these come late. */
export const partyRecipes: readonly Recipe[] = [
  {
    name: 'Dov leads a party with Eve, and has just asked Ana to join',
    prepare: async (stage) => {
      const partyId = await dovsParty(stage);
      const ana = stage.player('ana');
      await stage.must('party.invite', { body: { characterId: ana.actor.characterId } }, stage.player('dov').actor);
      ana.pool.add('partyId', partyId);
      return undefined;
    },
  },
  {
    name: 'Dov, as the leader',
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
      return { caller: 'dov', values: { characterId: [member], masterLooterId: [member] } };
    },
  },
  {
    name: 'strangers are there to be invited',
    endpoints: ['party.invite'],
    prepare: async (stage) => {
      const [bob, cyd] = [stage.player('bob'), stage.player('cyd')];
      return {
        caller: 'dov',
        values: {
          characterId: [bob.actor.characterId, cyd.actor.characterId],
          characterName: ['Runbob', 'Runcyd'],
        },
      };
    },
  },
  {
    name: 'Dov asks whether all are ready, and Eve answers',
    endpoints: ['party.answer-ready-check'],
    prepare: async (stage) => {
      await stage.must('party.start-ready-check', {}, stage.player('dov').actor);
      return { caller: 'eve' };
    },
  },
];
