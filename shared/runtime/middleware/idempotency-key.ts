import type { MiddlewareObj } from '@middy/core';
import type { EndpointBase } from '#shared/contract/endpoint.ts';
import { GameError } from '#shared/contract/errors.ts';
import type { HttpEvent, HttpResult, LambdaContext, PipelineState } from '../invocation.ts';
import { InvalidRequestError } from '../problem.ts';

/** Clients send a UUID; anything of this form will do. `#` and `~` would reach into keys. */
const FORM = /^[A-Za-z0-9._-]{8,64}$/;

/** Reads the Idempotency-Key header where the endpoint needs one. */
export function idempotencyKey(
  endpoint: EndpointBase,
): MiddlewareObj<HttpEvent, HttpResult, Error, LambdaContext, PipelineState> {
  return {
    before: ({ event, internal }) => {
      if (endpoint.idempotency !== 'key') return;
      const key = event.headers['idempotency-key'];
      if (!key) throw new GameError('request.idempotency_key_missing');
      if (!FORM.test(key)) {
        throw new InvalidRequestError([
          { path: 'headers.idempotency-key', message: 'must be 8–64 of A–Z a–z 0–9 . _ -' },
        ]);
      }
      internal.request = { ...internal.request, idempotencyKey: key };
    },
  };
}
