import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { applyConsents } from '../consents.ts';
import { setConsents } from '../contract.ts';
import { accountLimits } from '../rules.ts';
import { getConsents, listConsentChanges, putConsents } from '../store-choices.ts';
import { consentsViewOf } from '../view.ts';

export const handler = endpointHandler(setConsents, ({ input, actor: { accountId }, nowMs, commit }) =>
  withConflictRetry(async () => {
    const [before, history] = await Promise.all([getConsents(accountId), listConsentChanges(accountId)]);
    const applied = applyConsents(before, input.body.consents, nowMs);
    const kept = [...applied.changed.toReversed(), ...history].slice(0, accountLimits.consentHistory);
    const reply = consentsViewOf(applied.after, kept);
    if (applied.changed.length === 0) return reply;
    return commit({ writes: putConsents(accountId, before, applied) }, reply);
  }),
);
