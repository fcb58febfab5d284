import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { InvalidRequestError } from '#shared/runtime/problem.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { applyConsents, repeatsDocument } from '../consents.ts';
import { setConsents } from '../contract.ts';
import { accountLimits } from '../rules.ts';
import { getConsents, listConsentChanges, putConsents } from '../store-choices.ts';
import { consentsViewOf } from '../view.ts';

export const handler = endpointHandler(setConsents, ({ input, actor: { accountId }, nowMs, commit }) =>
  withConflictRetry(async () => {
    if (repeatsDocument(input.body.consents)) {
      throw new InvalidRequestError([{ path: 'body.consents', message: 'repeats a document' }]);
    }
    const [before, history] = await Promise.all([getConsents(accountId), listConsentChanges(accountId)]);
    const applied = applyConsents(before, input.body.consents, nowMs);
    const kept = [...applied.changed.toReversed(), ...history].slice(0, accountLimits.consentHistory);
    const reply = consentsViewOf(applied.after, kept);
    if (applied.changed.length === 0) return reply;
    return commit({ writes: putConsents(accountId, before, applied) }, reply);
  }),
);
