import { describe, expectTypeOf, it } from 'vitest';
import * as z from 'zod';
import { defineEndpoint, type EndpointErrorCode, type EndpointInput, type EndpointReply } from './endpoint.ts';
import type { PipelineErrorCode } from './errors.ts';

const common = {
  id: 'sample.get',
  method: 'GET',
  summary: 'A sample',
  auth: 'account',
  success: 200,
  idempotency: 'none',
  rate: 'read',
  needs: {},
  impact: 'none',
  budget: { readUnits: 0, writeUnits: 0 },
} as const;

describe('defineEndpoint', () => {
  const get = defineEndpoint({
    ...common,
    path: '/api/v1/things/{thingId}/parts/{part}',
    params: z.strictObject({ thingId: z.string(), part: z.string() }),
    query: z.strictObject({ limit: z.coerce.number() }),
    response: z.object({ name: z.string() }),
    errors: ['thing.gone'],
  });

  it('types the input from its schemas', () => {
    expectTypeOf<EndpointInput<typeof get>['params']>().toEqualTypeOf<{ thingId: string; part: string }>();
    expectTypeOf<EndpointInput<typeof get>['query']>().toEqualTypeOf<{ limit: number }>();
    expectTypeOf<EndpointInput<typeof get>['body']>().toEqualTypeOf<undefined>();
  });

  it('types the reply and the error codes', () => {
    expectTypeOf<EndpointReply<typeof get>>().toEqualTypeOf<{ name: string }>();
    expectTypeOf<EndpointErrorCode<typeof get>>().toEqualTypeOf<'thing.gone' | PipelineErrorCode>();
  });

  it('does not compile when a path parameter lacks its schema, or a schema its parameter', () => {
    const params = z.strictObject({ id: z.string() });
    const path = '/api/v1/things/{thingId}';
    // @ts-expect-error `thingId` is not in params
    defineEndpoint({ ...common, errors: [], path, params });
    // @ts-expect-error there is no params at all
    defineEndpoint({ ...common, errors: [], path });
    // @ts-expect-error the path has no parameter
    defineEndpoint({ ...common, errors: [], path: '/api/v1/things', params });
  });

  it('does not compile when a step-up is asked of nobody', () => {
    defineEndpoint({ ...common, errors: [], path: '/api/v1/things', stepUp: true });
    // @ts-expect-error the public has no session that could step up
    defineEndpoint({ ...common, errors: [], path: '/api/v1/things', stepUp: true, auth: 'public' });
  });

  it('does not compile when staff write without a step-up', () => {
    const byStaff = { ...common, errors: [], path: '/api/v1/admin/things', roles: ['gm'] } as const;
    defineEndpoint(byStaff);
    defineEndpoint({ ...byStaff, needs: { table: 'write' }, stepUp: true });
    // @ts-expect-error a stolen token would be enough
    defineEndpoint({ ...byStaff, needs: { table: 'write' } });
  });
});
