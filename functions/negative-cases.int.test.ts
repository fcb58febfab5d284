import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entryOf } from '#shared/contract/domain.ts';
import { createId } from '#shared/kernel/ids.ts';
import type { Actor } from '#shared/runtime/invocation.ts';
import type { HttpHandler } from '#shared/runtime/endpoint-handler.ts';
import { negativeCases } from '#shared/testing/negative-cases.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { domains } from './domains.ts';

/** Derived from the contracts: a new endpoint is under these tests the moment it is declared. */
describe.each(domains.flatMap((domain) => domain.endpoints).map((endpoint) => [endpoint.id, endpoint] as const))(
  '%s refuses, and changes nothing, on',
  (_id, endpoint) => {
    let world: TestWorld;
    let handler: HttpHandler;
    let actor: Actor;

    beforeAll(async () => {
      world = await startTestWorld();
      ({ handler } = (await import(/* @vite-ignore */ `../${entryOf(endpoint)}`)) as { handler: HttpHandler });
      actor = await world.openSession(world.actor({ characterId: createId('chr'), roles: ['player', 'moderator', 'gm', 'admin'] }));
    });
    afterAll(() => world.stop());

    it.each(negativeCases(endpoint, placeholder).map((one) => [one.name, one] as const))('%s', async (_name, one) => {
      world.clock.advance(60_000);
      const before = await world.snapshot();
      const request = one.request.actor ? { ...one.request, actor: { ...one.request.actor, ...identityOf(actor) } } : one.request;
      const reply = await world.call(handler, endpoint, one.request.actor?.characterId ? request : one.request);
      expect(reply.status, reply.text).toBeGreaterThanOrEqual(400);
      expect(reply.status, reply.text).toBeLessThan(500);
      expect(one.codes).toContain(reply.body.code);
      expect(await world.snapshot()).toEqual(before);
    });
  },
);

/** Cases are listed before the world exists; the real actor takes this one's place when they run. */
const placeholder: Actor = {
  accountId: createId('acc'),
  sessionId: createId('ses'),
  characterId: createId('chr'),
  roles: ['player', 'moderator', 'gm', 'admin'],
};

function identityOf({ accountId, sessionId, characterId }: Actor): Pick<Actor, 'accountId' | 'sessionId' | 'characterId'> {
  return { accountId, sessionId, characterId };
}
