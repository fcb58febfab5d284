import type { MiddlewareObj } from '@middy/core';
import httpJsonBodyParser from '@middy/http-json-body-parser';
import type { EndpointBase } from '#shared/contract/endpoint.ts';
import { GameError } from '#shared/contract/errors.ts';
import type { HttpEvent, HttpResult, LambdaContext, PipelineState } from '../invocation.ts';
import { InvalidRequestError } from '../problem.ts';

/** Largest body unless the endpoint says otherwise (VALUE 5). */
const DEFAULT_LIMIT_BYTES = 16_384;

/** Bounds the body before anything reads it, then parses it where the endpoint takes one. */
export function body(
  endpoint: EndpointBase,
): MiddlewareObj<HttpEvent, HttpResult, Error, LambdaContext, PipelineState> {
  const limit = endpoint.bodyLimitBytes ?? DEFAULT_LIMIT_BYTES;
  const parser = httpJsonBodyParser();
  return {
    before: (request) => {
      const { event } = request;
      const text = typeof event.body === 'string' ? event.body : '';
      const bytes = event.isBase64Encoded ? Math.floor((text.length * 3) / 4) : Buffer.byteLength(text);
      if (bytes > limit) throw new GameError('request.body_too_large', { limitBytes: limit });
      if (!endpoint.body) {
        if (bytes > 0 && text.trim() !== '{}') {
          throw new InvalidRequestError([{ path: 'body', message: 'must be empty' }]);
        }
        event.body = undefined;
        return;
      }
      if (bytes === 0) throw new InvalidRequestError([{ path: 'body', message: 'is required' }]);
      return parser.before?.(request as never) as undefined;
    },
  };
}
