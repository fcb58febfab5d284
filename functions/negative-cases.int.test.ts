import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entryOf } from '#shared/contract/domain.ts';
import { createId } from '#shared/kernel/ids.ts';
import type { HttpHandler } from '#shared/runtime/endpoint-handler.ts';
import type { Actor } from '#shared/runtime/invocation.ts';
import { negativeCases, wellFormed } from '#shared/testing/negative-cases.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { domains } from './domains.ts';

const actor: Actor = {
  accountId: createId('acc'),
  sessionId: createId('ses'),
  characterId: createId('chr'),
  roles: ['player', 'moderator', 'gm', 'admin'],
};

/** What they ask for holds already when the session has ended. */
const endsSession: ReadonlySet<string> = new Set(['auth.logout']);

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
      if (endpoint.stepUp) await world.stepUp(actor, one.stepUp);
      const before = await world.snapshot();
      const reply = await world.call(handler, endpoint, one.request);
      expect(reply.status, reply.text).toBeGreaterThanOrEqual(400);
      expect(reply.status, reply.text).toBeLessThan(500);
      expect(one.codes).toContain(reply.body.code);
      expect(await world.snapshot()).toEqual(before);
    });

    // Whoever writes refuses a session that has ended: where a live one's request changes anything, with just that.
    it.runIf(endpoint.auth !== 'public' && endpoint.needs.table === 'write' && !endsSession.has(endpoint.id))(
      'a session that has ended',
      async () => {
        world.clock.advance(60_000);
        const ended = { ...actor, sessionId: createId('ses') };
        const live = { ...actor, sessionId: createId('ses') };
        await world.endSession(ended);
        await world.openSession(live);
        if (endpoint.stepUp) await Promise.all([world.stepUp(ended), world.stepUp(live)]);
        const before = await world.snapshot();
        const refused = await world.call(handler, endpoint, wellFormed(endpoint, ended));
        expect(await world.snapshot()).toEqual(before);
        const reply = await world.call(handler, endpoint, wellFormed(endpoint, live));
        const changes = JSON.stringify(await world.snapshot()) !== JSON.stringify(before);
        if (changes) expect(refused.body?.code, refused.text).toBe('auth.session_ended');
        else expect([reply.body?.code, 'auth.session_ended']).toContain(refused.body?.code);
      },
    );
  },
);
