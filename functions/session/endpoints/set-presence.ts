import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { setPresence } from '../contract.ts';
import { changePresence } from '../presence.ts';
import { noPresence, statusAt } from '../presence-rules.ts';
import { getPresence } from '../store-presence.ts';

export const handler = endpointHandler(setPresence, ({ input, actor, nowMs, commit }) =>
  withConflictRetry(async () => {
    const { visibility } = input.body;
    const seen = (await getPresence(actor.accountId)) ?? noPresence(actor.accountId);
    const next = { ...seen, visibility };
    const reply = { visibility, status: statusAt(next, nowMs) };
    return visibility === seen.visibility ? reply : commit(changePresence(seen, next), reply);
  }),
);
