import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { defineEndpoint } from '#shared/contract/endpoint.ts';
import { defineErrors } from '#shared/contract/errors.ts';
import { MINUTE_MS } from '#shared/kernel/clock.ts';
import { mfaKeys } from '#shared/table/keys/mfa.ts';
import { sessionKeys } from '#shared/table/keys/session.ts';
import { tableName } from '#shared/table/table.ts';
import { guarded, type Write } from '#shared/table/write.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { endpointHandler } from './endpoint-handler.ts';
import type { Actor } from './invocation.ts';

const errors = defineErrors('sample', {
  taken: { status: 409, message: 'That name is taken.', retry: 'after-change' },
});

const claim = defineEndpoint({
  id: 'sample.claim',
  method: 'POST',
  path: '/api/v1/sample/{name}',
  summary: 'Claim a name',
  auth: 'account',
  params: z.strictObject({ name: z.string().max(10) }),
  body: z.strictObject({ note: z.string().max(20) }),
  success: 201,
  response: z.object({ name: z.string(), secretKept: z.undefined().optional() }),
  errors: Object.keys(errors),
  idempotency: 'key',
  rate: 'value',
  needs: { table: 'write' },
  impact: 'none: a sample',
  budget: { readUnits: 10, writeUnits: 30 },
});

const handler = endpointHandler(claim, async ({ input, commit, fail }) => {
  if (input.body.note === 'explode') throw new TypeError('secret detail');
  const put: Write = guarded(
    {
      params: () => ({
        Put: {
          TableName: tableName(),
          Item: { pk: `SAMPLE#${input.params.name}`, sk: 'S', note: input.body.note },
          ConditionExpression: 'attribute_not_exists(pk)',
        },
      }),
    },
    fail('sample.taken', { name: input.params.name }),
  );
  return commit({ writes: [put] }, { name: input.params.name, hidden: 'must not leave' } as { name: string });
});

describe('the endpoint pipeline', () => {
  let world: TestWorld;
  beforeAll(async () => {
    world = await startTestWorld();
  });
  afterAll(() => world.stop());

  const claimName = async (
    name: string,
    note: string,
    idempotencyKey: string,
    actor?: Awaited<ReturnType<TestWorld['openSession']>>,
  ) =>
    world.call(handler, claim, {
      params: { name },
      body: { note },
      idempotencyKey,
      actor: actor ?? (await world.openSession(world.actor())),
    });

  it('answers the declared reply and keeps undeclared fields in', async () => {
    const reply = await claimName('alpha', 'x', 'key-alpha-1');
    expect(reply.status).toBe(201);
    expect(reply.body).toEqual({ name: 'alpha' });
  });

  it('refuses a caller that the gateway did not authenticate', async () => {
    const before = await world.snapshot();
    const reply = await world.call(handler, claim, {
      params: { name: 'b' },
      body: { note: '' },
      idempotencyKey: 'key-b-00001',
    });
    expect([reply.status, reply.body.code]).toEqual([401, 'auth.unauthenticated']);
    expect(await world.snapshot()).toEqual(before);
  });

  it('names every field that is wrong, and never its value', async () => {
    const actor = await world.openSession(world.actor());
    const reply = await world.call(handler, claim, {
      params: { name: 'far-too-long-a-name' },
      body: { note: 5, extra: 'hunter2' },
      idempotencyKey: 'key-c-00001',
      actor,
    });
    expect(reply.status).toBe(400);
    expect(reply.headers['content-type']).toBe('application/problem+json');
    expect(reply.body.issues.map((issue: { path: string }) => issue.path).sort()).toEqual([
      'body',
      'body.note',
      'path.name',
    ]);
    expect(reply.text).not.toContain('hunter2');
  });

  it('replays the first reply byte for byte under the same key, with one effect', async () => {
    const actor = await world.openSession(world.actor());
    const first = await claimName('delta', 'same', 'key-delta-1', actor);
    const before = await world.snapshot();
    const second = await claimName('delta', 'same', 'key-delta-1', actor);
    expect([second.status, second.text]).toEqual([first.status, first.text]);
    expect(await world.snapshot()).toEqual(before);
  });

  it('gives racing repetitions of one call the same reply', async () => {
    const actor = await world.openSession(world.actor());
    const replies = await Promise.all(Array.from({ length: 8 }, () => claimName('race', 'x', 'key-race-01', actor)));
    expect(new Set(replies.map((reply) => `${reply.status} ${reply.text}`)).size).toBe(1);
    expect(replies[0]!.status).toBe(201);
  });

  it('answers a repetition that finds nothing left to do as the one that did it meanwhile', async () => {
    const actor = await world.openSession(world.actor());
    const call = { params: { name: 'kappa' }, body: { note: 'x' }, idempotencyKey: 'key-kappa-1', actor };
    let done = '';
    const late = endpointHandler(claim, async () => {
      done = (await world.call(handler, claim, call)).text;
      return { name: 'is there' };
    });
    expect((await world.call(late, claim, call)).text).toBe(done);
    expect(done).toBe('{"name":"kappa"}');
  });

  it('refuses another request under a used key', async () => {
    const actor = await world.openSession(world.actor());
    await claimName('echo', 'one', 'key-echo-01', actor);
    const reply = await claimName('echo', 'two', 'key-echo-01', actor);
    expect([reply.status, reply.body.code]).toEqual([409, 'request.idempotency_mismatch']);
  });

  it('answers the guard of the write whose condition failed, and changes nothing', async () => {
    await claimName('foxtrot', 'x', 'key-fox-001');
    const before = await world.snapshot();
    const actor = world.actor();
    await world.openSession(actor);
    const withSession = await world.snapshot();
    const reply = await claimName('foxtrot', 'x', 'key-fox-002', actor);
    expect([reply.status, reply.body.code, reply.body.facts]).toEqual([409, 'sample.taken', { name: 'foxtrot' }]);
    expect(await world.snapshot()).toEqual(withSession);
    expect(withSession.length).toBe(before.length + 1);
  });

  it('refuses a value operation of a session that is not live', async () => {
    const reply = await claimName('golf', 'x', 'key-golf-01', await world.endSession(world.actor()));
    expect([reply.status, reply.body.code]).toEqual([401, 'auth.session_ended']);
  });

  it('answers an unexpected failure as an opaque 500 with the request id', async () => {
    const reply = await claimName('hotel', 'explode', 'key-hotel-1');
    expect([reply.status, reply.body.code]).toEqual([500, 'service.internal']);
    expect(reply.body.requestId).toBe(reply.headers['x-request-id']);
    expect(reply.text).not.toContain('secret detail');
  });

  it('bounds the body before parsing it', async () => {
    const actor = await world.openSession(world.actor());
    const reply = await world.call(handler, claim, {
      params: { name: 'i' },
      body: `{"note":"${'x'.repeat(20_000)}"}`,
      idempotencyKey: 'key-india-1',
      actor,
    });
    expect([reply.status, reply.body.code]).toEqual([413, 'request.body_too_large']);
  });

  it.each(['{', '[1,2', 'nonsense', '{"__proto__":{"note":"x"}}'])('refuses the malformed body %s', async (body) => {
    const actor = await world.openSession(world.actor());
    const reply = await world.call(handler, claim, {
      params: { name: 'j' },
      body,
      idempotencyKey: 'key-juliet',
      actor,
    });
    expect([reply.status, reply.body.code]).toEqual([400, 'request.invalid']);
  });

  it('refuses a body that is not declared as JSON', async () => {
    const actor = await world.openSession(world.actor());
    const reply = await world.call(handler, claim, {
      params: { name: 'k' },
      body: '{"note":"x"}',
      headers: { 'content-type': 'text/plain' },
      idempotencyKey: 'key-kilo-01',
      actor,
    });
    expect([reply.status, reply.body.code]).toEqual([415, 'request.unsupported_media_type']);
  });

  it('stops a caller that is too quick, and lets it in again after the pause it names', async () => {
    const actor = await world.openSession(world.actor());
    const replies = await Promise.all(Array.from({ length: 30 }, () => claimName('lima', 'x', 'key-lima-01', actor)));
    const limited = replies.filter((reply) => reply.status === 429);
    expect(limited.length).toBe(10);
    expect(Number(limited[0]!.headers['retry-after'])).toBeGreaterThan(0);
    world.clock.advance(Number(limited[0]!.headers['retry-after']) * 1_000);
    expect((await claimName('lima', 'x', 'key-lima-01', actor)).status).toBe(201);
  });
});

describe('an endpoint that needs a step-up', () => {
  const risky = defineEndpoint({
    id: 'sample.risk',
    method: 'POST',
    path: '/api/v1/sample-risks',
    summary: 'Does what is risky',
    auth: 'account',
    stepUp: true,
    success: 204,
    errors: [],
    idempotency: 'key',
    rate: 'write',
    needs: { table: 'write' },
    impact: 'none: a sample',
    budget: { readUnits: 10, writeUnits: 30 },
  });
  let world: TestWorld;
  let whileRunning: () => Promise<unknown>;
  let runs = 0;
  const riskyHandler = endpointHandler(risky, async ({ actor, commit }) => {
    runs += 1;
    await whileRunning();
    const Item = { pk: `RISK#${actor.sessionId}`, sk: 'S' };
    await commit({ writes: [{ params: () => ({ Put: { TableName: tableName(), Item } }) }] });
  });
  const risk = (actor: Actor, idempotencyKey = 'key-risk-001') =>
    world.call(riskyHandler, risky, { actor, idempotencyKey });
  const remove = (key: { pk: string; sk: string }) =>
    world.client.send(new DeleteCommand({ TableName: world.tableName, Key: key }));

  beforeAll(async () => {
    world = await startTestWorld();
  });
  beforeEach(() => {
    whileRunning = async () => {};
    runs = 0;
  });
  afterAll(() => world.stop());

  it('refuses a session without one before it works, and one whose step-up is over', async () => {
    const actor = await world.openSession(world.actor());
    const other = await world.stepUp(await world.openSession(world.actor({ accountId: actor.accountId })));
    const before = await world.snapshot();
    expect(await risk(actor)).toMatchObject({ status: 403, body: { code: 'auth.step_up_required' } });
    world.clock.advance(10 * MINUTE_MS);
    expect(await risk(other)).toMatchObject({ status: 403, body: { code: 'auth.step_up_required' } });
    expect(runs).toBe(0);
    expect(await world.snapshot()).toEqual(before);
  });

  it('refuses in its commit what has changed since: the step-up, or the session', async () => {
    const actor = await world.stepUp(await world.openSession(world.actor()));
    whileRunning = () => remove(mfaKeys.stepUp.primary(actor));
    expect(await risk(actor)).toMatchObject({ status: 403, body: { code: 'auth.step_up_required' } });
    await world.stepUp(actor);
    whileRunning = () => remove(sessionKeys.session.primary(actor));
    expect(await risk(actor)).toMatchObject({ status: 401, body: { code: 'auth.session_ended' } });
    expect(runs).toBe(2);
    expect((await world.snapshot()).some(({ pk }) => pk === `RISK#${actor.sessionId}`)).toBe(false);
  });

  it('takes of staff a second factor alone, before it works and in its commit', async () => {
    const staff = { ...(await world.openSession(world.actor())), roles: ['player', 'moderator'] as const };
    await world.stepUp(staff, 'password');
    expect(await risk(staff)).toMatchObject({ status: 403, body: { code: 'auth.second_factor_required' } });
    expect(runs).toBe(0);
    await world.stepUp(staff, 'factor');
    whileRunning = () => world.stepUp(staff, 'password');
    expect(await risk(staff)).toMatchObject({ status: 403, body: { code: 'auth.step_up_required' } });
    whileRunning = async () => {};
    await world.stepUp(staff, 'factor');
    expect((await risk(staff)).status).toBe(204);
    expect((await risk({ ...(await world.stepUp(staff, 'password')), roles: ['player'] }, 'key-risk-003')).status).toBe(
      204,
    );
  });

  it('answers a repeated call after the step-up is over: it has taken effect already', async () => {
    const actor = await world.stepUp(await world.openSession(world.actor()));
    expect((await risk(actor, 'key-risk-002')).status).toBe(204);
    world.clock.advance(10 * MINUTE_MS);
    expect((await risk(actor, 'key-risk-002')).status).toBe(204);
    expect(runs).toBe(1);
  });
});
