import type { TransactionId } from '#shared/kernel/ids.ts';

/**
 * A settlement has begun, and whether it came about is not known yet: a store does not answer. It ends by itself within
 * minutes; the caller is told where to ask.
 */
export class InDoubtError extends Error {
  override readonly name = 'InDoubtError';
  readonly transactionId: TransactionId;

  constructor(transactionId: TransactionId, options?: { readonly cause?: unknown }) {
    super(`${transactionId} is in doubt`, options);
    this.transactionId = transactionId;
  }
}
