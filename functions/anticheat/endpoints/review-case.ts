import { CHEAT_REVIEWED } from '#events/anticheat.ts';
import { requireAuthorityOver, stillInOffice, suspend } from '#functions/account/public.ts';
import { closeAllSessions } from '#functions/session/public.ts';
import { event, mergeChanges } from '#shared/events/changes.ts';
import { DAY_MS, toIso } from '#shared/kernel/clock.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import type { Review } from '../case.ts';
import { reviewCase } from '../contract.ts';
import { decide, scoreAt } from '../rules.ts';
import { caseWrite, evidenceWrite, readCase, readEvidence } from '../store.ts';
import { logWrite } from '../store-log.ts';
import { caseViewOf } from '../view.ts';

export const handler = endpointHandler(reviewCase, async ({ input, actor, nowMs, operation, commit, fail }) => {
  const { accountId } = input.params;
  const { body } = input;
  const { revision, verdict, reason } = body;
  const untilMs = body.verdict === 'suspend' ? nowMs + body.suspendDays * DAY_MS : undefined;
  const review: Review = { verdict, reason, by: actor.accountId, atMs: nowMs, untilMs };
  return withConflictRetry(async () => {
    const [before, evidence] = await Promise.all([readCase(accountId), readEvidence(accountId)]);
    if (!before) throw fail('anticheat.not_found');
    const act = await requireAuthorityOver(actor.accountId, accountId, nowMs);
    if (before.revision !== revision) throw fail('anticheat.case_changed');
    const after = decide(before, review);
    const account =
      untilMs === undefined ? stillInOffice(act) : suspend(act, { untilMs, reason, operationId: operation.id, nowMs });
    const putsOut = verdict === 'kick' || verdict === 'suspend';
    const closed = putsOut
      ? await closeAllSessions(accountId, verdict === 'suspend' ? 'banned' : 'revoked', nowMs)
      : {};
    const decided = {
      ...{ accountId, operationId: operation.id, atMs: nowMs, staffId: actor.accountId, action: verdict, reason },
      ...{ before: before.state, after: after.state, score: Math.round(scoreAt(before, nowMs)), untilMs },
    };
    const until = untilMs === undefined ? {} : { until: toIso(untilMs) };
    const told = event(CHEAT_REVIEWED, {
      aggregateId: accountId,
      aggregateSeq: after.version,
      data: { accountId, verdict, revision: after.revision, by: actor.accountId, ...until },
    });
    return commit(
      mergeChanges(account, closed, {
        // The evidence is written too, as it is: from now on it is kept for good.
        writes: [caseWrite(after, before), evidenceWrite(after, evidence), logWrite(decided)],
        events: [told],
      }),
      caseViewOf(after, evidence, nowMs),
    );
  });
});
