import { defineErrors } from '#shared/contract/errors.ts';

/** What a settlement itself may answer, besides the ledger's refusals and those of the items' moves. */
export const settlementErrors = defineErrors('settlement', {
  aborted: { status: 409, message: 'It was given up; nothing has changed.', retry: 'after-change' },
  not_found: { status: 404, message: 'You have no such transaction.', retry: 'never' },
});
