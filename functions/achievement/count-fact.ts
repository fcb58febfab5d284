import { achievementCode, achievements } from '#content/achievements.ts';
import { ACHIEVEMENT_UNLOCKED } from '#events/achievement.ts';
import { event } from '#shared/events/changes.ts';
import type { Operation } from '#shared/events/operation.ts';
import { type AccountId, type CharacterId, deriveId } from '#shared/kernel/ids.ts';
import { advance, type CriterionKind, type Fact, nothingYet } from './rules.ts';
import { readProgress, saveProgressWrite } from './store.ts';

const byKind = Object.groupBy(achievements.all, ({ criterion }) => criterion.kind) as Partial<
  Record<CriterionKind, typeof achievements.all>
>;

/**
 * Counts a fact for a character and tells of what it unlocked; commits nothing when it moves no counter.
 * @throws GameError `request.conflict` when the counters changed in the same moment.
 */
export async function countFact(
  { characterId, accountId }: { readonly characterId: CharacterId; readonly accountId: AccountId },
  fact: Fact,
  { commit, nowMs }: Pick<Operation, 'commit' | 'nowMs'>,
): Promise<void> {
  const before = (await readProgress(characterId, fact.kind)) ?? nothingYet({ characterId, accountId }, fact.kind);
  const { progress, unlocked } = advance(before, byKind[fact.kind] ?? [], fact, nowMs);
  if (progress === before) return;
  await commit({
    writes: [saveProgressWrite(progress)],
    events: unlocked.map(({ id }) => {
      const grantId = deriveId('ach', characterId, id);
      return event(ACHIEVEMENT_UNLOCKED, {
        aggregateId: grantId,
        aggregateSeq: 1,
        data: { accountId, characterId, achievementId: id, code: achievementCode(id), grantId },
      });
    }),
  });
}
