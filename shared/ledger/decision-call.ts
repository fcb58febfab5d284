import type { LedgerRequest, VoidRequest } from './ledger.ts';
import { systemKindOf } from './legs.ts';

/** What decides, as its SQL function takes a request of JSON. */
export type Operation = 'settle' | 'hold' | 'post' | 'void' | 'reverse';
export type Decisive = Pick<VoidRequest, 'id' | 'requestHash'>;

/**
 * One call of a function that decides, for a connection's `query`. It has a name, so that each connection parses and plans
 * it once. A proxy that pins whoever names statements needs a connection for each process that has one open.
 */
export interface DecisionCall {
  readonly name: string;
  readonly text: string;
  readonly values: readonly (string | null)[];
}

export function decisionCall(operation: Operation, request: Decisive): DecisionCall {
  return { name: operation, text: `SELECT ledger.${operation}($1) AS decision`, values: [toJson(request)] };
}

/** One amount from one player to another, the most frequent movement, has a function that reads no JSON. */
export function settleCall(request: LedgerRequest): DecisionCall {
  const [leg, ...others] = request.legs;
  if (!leg || others.length > 0 || systemKindOf(leg.from) !== undefined || systemKindOf(leg.to) !== undefined)
    return decisionCall('settle', request);
  const { id, requestHash, kind, reason, memo, toldBy } = request;
  const memoText = memo === undefined ? null : toJson(memo);
  return {
    name: 'transfer',
    text: 'SELECT ledger.transfer($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) AS decision',
    values: [
      id,
      requestHash,
      kind,
      reason,
      memoText,
      toldBy ?? null,
      leg.currency,
      leg.from,
      leg.to,
      String(leg.amount),
    ],
  };
}

/** Amounts as decimal text. */
export function toJson(value: object): string {
  return JSON.stringify(value, (_name, one) => (typeof one === 'bigint' ? String(one) : one));
}
