import { requireReceiver } from '#functions/character/public.ts';
import { mergeChanges } from '#shared/events/changes.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { returnToSender } from '../contract.ts';
import { sendBack } from '../mail-changes.ts';
import { requireInBox, requireReturnable } from '../rules.ts';
import { readMail } from '../store.ts';

/** A sender who is gone gets nothing back: then the mail stays where it is. */
export const handler = endpointHandler(returnToSender, ({ input, actor, nowMs, commit, fail }) =>
  withConflictRetry(async () => {
    const mail = requireInBox(await readMail(input.params.mailId), actor.characterId, nowMs);
    const sender = requireReturnable(mail);
    const isThere = requireReceiver(sender.characterId, fail('mail.not_returnable'));
    await commit(mergeChanges(sendBack(mail, 'declined', nowMs), { writes: [isThere] }));
  }),
);
