import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { remove as definition } from '../contract.ts';
import { remove } from '../mail-changes.ts';
import { requireDeletable, requireInBox } from '../rules.ts';
import { readMail } from '../store.ts';

export const handler = endpointHandler(definition, ({ input, actor, nowMs, commit }) =>
  withConflictRetry(async () => {
    const mail = requireInBox(await readMail(input.params.mailId), actor.characterId, nowMs);
    requireDeletable(mail);
    await commit(remove(mail));
  }),
);
