import { push } from '#shared/events/changes.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { startReadyCheck } from '../contract.ts';
import { ownParty } from '../own-party.ts';
import { beginReadyCheck, requireLeader } from '../rules.ts';
import { putReadyCheck, requireMember } from '../store-ready-check.ts';
import { partyEventsTopic } from '../topics.ts';
import { readyCheckView } from '../view.ts';

export const handler = endpointHandler(startReadyCheck, ({ actor, nowMs, commit }) =>
  withConflictRetry(async () => {
    const { party } = await ownParty(actor.characterId);
    requireLeader(party, actor.characterId);
    const { partyId } = party;
    const check = beginReadyCheck(partyId, actor.characterId, nowMs);
    const shown = readyCheckView(check);
    return commit(
      {
        writes: [putReadyCheck(check), requireMember(actor.characterId, partyId)],
        pushes: [push(partyEventsTopic, { partyId }, { type: 'ready_check_started', check: shown })],
      },
      shown,
    );
  }),
);
