import type { MiddlewareObj } from '@middy/core';
import type * as z from 'zod';
import type { EndpointBase } from '#shared/contract/endpoint.ts';
import type { HttpEvent, HttpResult, LambdaContext, PipelineState } from '../invocation.ts';
import { type FieldIssue, InvalidRequestError } from '../problem.ts';

/** Validates path, query and body together, so that a caller learns of every mistake at once. */
export function input(
  endpoint: EndpointBase,
): MiddlewareObj<HttpEvent, HttpResult, Error, LambdaContext, PipelineState> {
  return {
    before: ({ event, internal }) => {
      const issues: FieldIssue[] = [];
      const check = (part: 'path' | 'query' | 'body', schema: z.ZodType | undefined, value: unknown): unknown => {
        if (!schema) return part === 'body' ? undefined : {};
        const result = schema.safeParse(value);
        if (result.success) return result.data;
        for (const issue of result.error.issues) {
          issues.push({ path: [part, ...issue.path].join('.').slice(0, 200), message: issue.message.slice(0, 200) });
        }
        return undefined;
      };
      const query = event.queryStringParameters ?? {};
      if (!endpoint.query && Object.keys(query).length > 0) {
        issues.push({ path: 'query', message: 'takes no parameters' });
      }
      internal.input = {
        params: check('path', endpoint.params, event.pathParameters ?? {}),
        query: check('query', endpoint.query, query),
        body: check('body', endpoint.body, event.body),
      };
      if (issues.length > 0) throw new InvalidRequestError(issues);
    },
  };
}
