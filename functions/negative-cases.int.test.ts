import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entryOf } from '#shared/contract/domain.ts';
import { createId } from '#shared/kernel/ids.ts';
import type { HttpHandler } from '#shared/runtime/endpoint-handler.ts';
import type { Actor } from '#shared/runtime/invocation.ts';
import { negativeCases } from '#shared/testing/negative-cases.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { domains } from './domains.ts';

const actor: Actor = {
  accountId: createId('acc'),
  sessionId: createId('ses'),
  characterId: createId('chr'),
  roles: ['player', 'moderator', 'gm', 'admin'],
};

/** Derived from the contracts: a new endpoint is under these tests the moment it is declared. */
describe.each(domains.flatMap((domain) => domain.endpoints).map((endpoint) => [endpoint.id, endpoint] as const))(
  '%s refuses, and changes nothing, on',
  (_id, endpoint) => {
    let world: TestWorld;
    let handler: HttpHandler;

    beforeAll(async () => {
      world = await startTestWorld();
      ({ handler } = (await import(/* @vite-ignore */ `../${entryOf(endpoint)}`)) as { handler: HttpHandler });
      await world.openSession(actor);
    });
    afterAll(() => world.stop());

    it.each(negativeCases(endpoint, actor).map((one) => [one.name, one] as const))('%s', async (_name, one) => {
      // Rate limits are another test's business.
      world.clock.advance(60_000);
      if (endpoint.stepUp) await world.stepUp(actor);
      const before = await world.snapshot();
      const reply = await world.call(handler, endpoint, one.request);
      expect(reply.status, reply.text).toBeGreaterThanOrEqual(400);
      expect(reply.status, reply.text).toBeLessThan(500);
      expect(one.codes).toContain(reply.body.code);
      expect(await world.snapshot()).toEqual(before);
    });
  },
);
