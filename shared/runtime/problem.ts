import { errorSpec, GameError } from '#shared/contract/errors.ts';
import type { HttpResult } from './invocation.ts';

/** What is wrong with one field; never repeats the value. */
export interface FieldIssue {
  readonly path: string;
  readonly message: string;
}

const MAX_ISSUES = 10;

/** A request that does not fit its schema. */
export class InvalidRequestError extends GameError<'request.invalid'> {
  readonly issues: readonly FieldIssue[];

  constructor(issues: readonly FieldIssue[]) {
    super('request.invalid');
    this.issues = issues.slice(0, MAX_ISSUES);
  }
}

/** RFC 9457 body and headers of a refusal. The code must be declared. */
export function problemResponse(error: GameError, requestId: string): HttpResult {
  const spec = errorSpec(error.code);
  if (!spec) throw new TypeError(`error code ${error.code} is not in any catalogue of this function`);
  return {
    statusCode: spec.status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...(error.retryAfterSeconds === undefined ? {} : { 'retry-after': String(Math.ceil(error.retryAfterSeconds)) }),
    },
    body: JSON.stringify({
      type: `urn:necpgame:problem:${error.code}`,
      title: spec.message,
      status: spec.status,
      code: error.code,
      retry: spec.retry,
      requestId,
      ...(Object.keys(error.facts).length > 0 ? { facts: error.facts } : {}),
      ...(error instanceof InvalidRequestError ? { issues: error.issues } : {}),
    }),
  };
}
