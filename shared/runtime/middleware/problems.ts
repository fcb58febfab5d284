import type { MiddlewareObj } from '@middy/core';
import type { EndpointBase } from '#shared/contract/endpoint.ts';
import { GameError, pipelineErrors } from '#shared/contract/errors.ts';
import { log } from '#shared/telemetry/log.ts';
import type { HttpEvent, HttpResult, LambdaContext, PipelineState } from '../invocation.ts';
import { InvalidRequestError, problemResponse } from '../problem.ts';

/**
 * Turns whatever was thrown into problem+json. A declared code is the client's business; anything else is our bug:
 * logged in full, answered as an opaque 500.
 */
export function problems(
  endpoint: EndpointBase,
): MiddlewareObj<HttpEvent, HttpResult, Error, LambdaContext, PipelineState> {
  return {
    onError: (request) => {
      const refusal = refusalOf(endpoint, request.error);
      request.internal.outcome = refusal.code;
      if (refusal.code === 'service.internal') {
        log().error('endpoint failed', {
          endpoint: endpoint.id,
          requestId: request.internal.request?.id ?? request.context.awsRequestId,
          error: request.error as Error,
        });
      }
      request.response = problemResponse(refusal, request.internal.request?.id ?? request.context.awsRequestId);
    },
  };
}

function refusalOf(endpoint: EndpointBase, error: unknown): GameError {
  if (error instanceof GameError) {
    const declared = error.code in pipelineErrors || endpoint.errors.includes(error.code);
    return declared ? error : new GameError('service.internal');
  }
  // middy's own parsers throw errors that carry an HTTP status.
  const statusCode = (error as { statusCode?: unknown } | null)?.statusCode;
  if (statusCode === 415) return new GameError('request.unsupported_media_type');
  if (statusCode === 400 || statusCode === 422) {
    return new InvalidRequestError([{ path: 'body', message: 'is not well-formed JSON' }]);
  }
  return new GameError('service.internal');
}
