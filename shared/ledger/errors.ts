import { defineErrors, GameError } from '#shared/contract/errors.ts';

/** Refusals of the ledger that endpoints may answer as they are. */
export const ledgerErrors = defineErrors('ledger', {
  insufficient_funds: { status: 409, message: 'You have not enough money for that.', retry: 'after-change' },
  balance_limit: { status: 409, message: 'One of you cannot hold that much money.', retry: 'after-change' },
  hold_not_found: { status: 404, message: 'There is no such reservation of money.', retry: 'never' },
  hold_not_open: { status: 409, message: 'This reservation of money is closed already.', retry: 'never' },
  hold_expired: { status: 409, message: 'This reservation of money has run out.', retry: 'never' },
  hold_exceeded: { status: 409, message: 'That is more than was reserved.', retry: 'after-change' },
  not_reversible: { status: 409, message: 'This transaction cannot be reversed.', retry: 'never' },
  already_reversed: { status: 409, message: 'This transaction was reversed already.', retry: 'never' },
  invalid_amount: { status: 400, message: 'That is no amount of money that can be moved.', retry: 'after-change' },
  invalid_legs: { status: 400, message: 'That is no movement of money.', retry: 'after-change' },
  unknown_currency: { status: 400, message: 'There is no such currency.', retry: 'after-change' },
  unknown_account: { status: 400, message: 'There is no such account of the system.', retry: 'after-change' },
  wrong_scope: { status: 409, message: 'This currency is not held by those.', retry: 'never' },
  not_transferable: { status: 409, message: 'This currency cannot be given to others.', retry: 'never' },
});

export type LedgerErrorCode = keyof typeof ledgerErrors;

/** Refusals that are decisions: recorded under the request's id, so that no repetition of it can succeed later. */
export const rejectionCodes = [
  'ledger.insufficient_funds',
  'ledger.balance_limit',
  'ledger.hold_not_found',
  'ledger.hold_not_open',
  'ledger.hold_expired',
  'ledger.hold_exceeded',
  'ledger.not_reversible',
  'ledger.already_reversed',
] as const satisfies readonly LedgerErrorCode[];
export type LedgerRejectionCode = (typeof rejectionCodes)[number];

/** The id belongs to another request already: nothing is changed, and what was decided stands. */
export class LedgerMismatchError extends GameError<'request.idempotency_mismatch'> {
  constructor() {
    super('request.idempotency_mismatch');
  }
}
