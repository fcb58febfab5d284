import { push } from '#shared/events/changes.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { answerReadyCheck } from '../contract.ts';
import { ownParty } from '../own-party.ts';
import { answerWrite, readReadyCheck, requireMember } from '../store-ready-check.ts';
import { partyEventsTopic } from '../topics.ts';
import { readyCheckView } from '../view.ts';

export const handler = endpointHandler(answerReadyCheck, ({ input, actor, nowMs, commit, fail }) =>
  withConflictRetry(async () => {
    const { characterId } = actor;
    const { ready } = input.body;
    const { partyId } = (await ownParty(characterId)).party;
    const check = await readReadyCheck(partyId);
    if (!check || check.endsAtMs <= nowMs) throw fail('party.no_ready_check');
    const before = check.answers.get(characterId);
    if (before === ready) return readyCheckView(check);
    if (before !== undefined) throw fail('party.already_answered');
    const answered = { ...check, answers: new Map([...check.answers, [characterId, ready]]) };
    return commit(
      {
        writes: [answerWrite(check, characterId, ready, nowMs), requireMember(characterId, partyId)],
        pushes: [push(partyEventsTopic, { partyId }, { type: 'ready_check_answered', characterId, ready })],
      },
      readyCheckView(answered),
    );
  }),
);
