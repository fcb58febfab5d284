import { items as itemTemplates } from '#content/items.ts';
import { getCharacter } from '#functions/character/public.ts';
import { GameError } from '#shared/contract/errors.ts';
import { push } from '#shared/events/changes.ts';
import type { CharacterId, LootRollId } from '#shared/kernel/ids.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { log } from '#shared/telemetry/log.ts';
import { closeRoll } from '../close-roll.ts';
import { vote } from '../contract.ts';
import { mayNeed } from '../rolls.ts';
import { readDrop } from '../store.ts';
import { lockoutChecks } from '../store-lockouts.ts';
import { type Roll, readRoll, voteWrite } from '../store-rolls.ts';
import { lootTopic } from '../topics.ts';
import { rollView } from '../view.ts';

/** The vote is one commit, and the decision that may follow from it another: whoever comes next makes up for a lost one. */
export const handler = endpointHandler(vote, async ({ input, actor, nowMs, commit, fail }) => {
  const { rollId } = input.params;
  const { choice } = input.body;
  const { characterId } = actor;
  const voted = await withConflictRetry(async (): Promise<Roll> => {
    const roll = await readRoll(rollId);
    if (!roll?.eligible.some((looter) => looter.characterId === characterId)) throw fail('loot.roll_not_found');
    const before = roll.votes.get(characterId);
    if (before === choice) return roll;
    if (before) throw fail('loot.already_voted');
    if (roll.state !== 'OPEN' || nowMs >= roll.closesAtMs) throw fail('loot.roll_closed');
    if (choice === 'need' && !(await canNeed(roll, characterId))) throw fail('loot.need_refused');
    const drop = choice === 'pass' ? undefined : await readDrop(roll.dropId);
    const { partyId } = roll;
    const cast = { type: 'vote_cast' as const, rollId, characterId, choice };
    return commit(
      {
        writes: [voteWrite(roll, characterId, choice, nowMs), ...(drop ? lockoutChecks(drop, characterId, nowMs) : [])],
        pushes: partyId ? [push(lootTopic, { partyId }, cast)] : [],
      },
      { ...roll, votes: new Map([...roll.votes, [characterId, choice]]) },
    );
  });
  return rollView(await decided(rollId, voted), characterId);
});

async function canNeed({ templateId }: Roll, characterId: CharacterId): Promise<boolean> {
  const character = await getCharacter(characterId);
  return character !== undefined && mayNeed(itemTemplates.get(templateId), character.classId);
}

/** The roll after a vote: decided when it was the last. The vote stands, whatever becomes of the decision. */
async function decided(rollId: LootRollId, voted: Roll): Promise<Roll> {
  try {
    return (await closeRoll(rollId)) ?? voted;
  } catch (error) {
    if (!(error instanceof GameError)) throw error;
    log().warn('a roll was not decided with its last vote', { rollId, error });
    return voted;
  }
}
