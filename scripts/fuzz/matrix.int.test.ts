import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { closeSession, getSession } from '#functions/session/public.ts';
import { createId } from '#shared/kernel/ids.ts';
import { type Exemplar, exemplarOf } from './exemplar.ts';
import { authorized, isGuarded, tokenOf } from './gateway.ts';
import { freshKey, idFaults, namedPlacesOf, worthlessHeaders } from './matrix.ts';
import { operations } from './operations.ts';
import { codeOf, complaints } from './oracle.ts';
import { commit } from './recipes/recipe.ts';
import { settings } from './settings.ts';
import { Stage } from './stage.ts';

vi.mock('node:crypto', async (original) => (await import('./cheap-passwords.ts')).withCheapPasswords(await original()));

const guarded = operations.filter(
  ({ endpoint }) => isGuarded(endpoint) && endpoint.id.startsWith(settings.endpoint ?? ''),
);

/** VALUE 7.4: every endpoint × every kind of bad token × every kind of id that is not the caller's. Nothing is listed by hand. */
describe(`the authorization matrix (seed ${settings.seed}, ${guarded.length} endpoints)`, () => {
  let stage: Stage;
  let headers: ReadonlyMap<string, string | undefined>;
  const exemplars = new Map<string, Exemplar>();
  let cells = 0;

  beforeAll(async () => {
    stage = await Stage.open();
    headers = await worthlessHeaders(stage);
    await stage.journal.rewind();
    for (const operation of guarded) exemplars.set(operation.endpoint.id, await exemplarOf(stage, operation));
  }, 240_000);
  afterAll(() => stage?.close());

  it('knows at least 25 headers that are worth nothing', () => {
    expect(headers.size).toBeGreaterThanOrEqual(25);
  });

  describe.each(guarded.map((operation) => [operation.endpoint.id, operation] as const))('%s', (id, operation) => {
    const { endpoint } = operation;

    it('lets no worthless header pass, and changes nothing', async () => {
      const passed: string[] = [];
      for (const [what, header] of headers) {
        if (await authorized(header)) passed.push(what);
        cells += 1;
      }
      expect(passed).toEqual([]);
      const unguarded = await stage.send(endpoint, freshKey(exemplars.get(id)!.request));
      expect(`${unguarded.status} ${codeOf(unguarded)}`).toBe('401 auth.unauthenticated');
      expect(stage.journal.touched()).toEqual([]);
    });

    it('lets nobody pass whose token has expired or whose session has ended', async () => {
      const { caller } = exemplars.get(id)!;
      const header = `Bearer ${await tokenOf(stage, caller)}`;
      expect(await authorized(header)).toMatchObject({ accountId: caller.actor.accountId });
      stage.world.clock.advance(11 * 60_000);
      expect(await authorized(header)).toBeUndefined();
      stage.world.clock.advance(-11 * 60_000);
      const session = await getSession(caller.actor.sessionId);
      await commit(closeSession(session!, 'revoked', stage.world.clock.nowMs()));
      expect(await authorized(header)).toBeUndefined();
      await stage.journal.rewind();
      cells += 2;
    });

    it('refuses whoever lacks the role or the character', async () => {
      const { caller, request } = exemplars.get(id)!;
      const bob = stage.player('bob');
      if (endpoint.roles) {
        const actor = await authorized(`Bearer ${await tokenOf(stage, bob)}`);
        const outcome = await stage.send(endpoint, freshKey(request), actor);
        expect(`${outcome.status} ${codeOf(outcome)}`).toBe('403 auth.forbidden');
        cells += 1;
      }
      if (endpoint.auth === 'character') {
        // A genuine token of this session from before it took another character: it names no character any more.
        for (const characterId of [bob.actor.characterId, createId('chr')]) {
          const actor = await authorized(`Bearer ${await tokenOf(stage, caller, { characterId })}`);
          expect(actor).toMatchObject({ accountId: caller.actor.accountId, characterId: undefined });
          const outcome = await stage.send(endpoint, freshKey(request), actor);
          expect(`${outcome.status} ${codeOf(outcome)}`).toBe('403 auth.no_character');
          cells += 1;
        }
      }
      expect(stage.journal.touched().filter((key) => !key.startsWith('RATE#'))).toEqual([]);
      await stage.journal.rewind();
    });

    it('changes nothing for a session that ended a moment ago, though the gateway still knows it', async () => {
      const { caller, request } = exemplars.get(id)!;
      const actor = await authorized(`Bearer ${await tokenOf(stage, caller)}`);
      const session = await getSession(caller.actor.sessionId);
      await commit(closeSession(session!, 'revoked', stage.world.clock.nowMs()));
      const outcome = await stage.send(endpoint, freshKey(request), actor);
      await stage.journal.rewind();
      cells += 1;
      expect(complaints(operation, outcome)).toEqual([]);
      // What a refusal may leave written, attempts that were counted, is among the complaints.
      if (outcome.status < 300) expect(outcome.written.filter((key) => !key.startsWith('RATE#'))).toEqual([]);
    });

    it('tells nobody of things that are not theirs, and takes no id of another kind', async () => {
      const exemplar = exemplars.get(id)!;
      const found = await idFaults(stage, operation, exemplar);
      cells += found.cells;
      expect(found.wrong).toEqual([]);
      expect(found.cells).toBeGreaterThanOrEqual(namedPlacesOf(exemplar.request).length);
    });
  });

  it('has filled its cells', () => {
    console.log(`authorization matrix: ${cells} cells over ${guarded.length} endpoints`);
    if (!settings.endpoint) expect(cells).toBeGreaterThan(guarded.length * 25);
  });
});
