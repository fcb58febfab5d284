import type { MiddlewareObj } from '@middy/core';
import type { EndpointBase } from '#shared/contract/endpoint.ts';
import type { HttpEvent, HttpResult, LambdaContext, PipelineState } from '../invocation.ts';
import { takeToken } from '../rate-limit.ts';

/** Draws from the caller's bucket: the account's where there is one, the address's otherwise. */
export function rate(
  endpoint: EndpointBase,
): MiddlewareObj<HttpEvent, HttpResult, Error, LambdaContext, PipelineState> {
  return {
    before: async ({ internal }) => {
      const subject = internal.actor?.accountId ?? `ip:${internal.request.ip}`;
      await takeToken(endpoint.rate, subject, internal.startedMs);
    },
  };
}
