import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { rateBuckets } from '#shared/runtime/rate-limit.ts';
import { exemplarOf } from './exemplar.ts';
import { isGuarded } from './gateway.ts';
import { freshKey } from './matrix.ts';
import { operations } from './operations.ts';
import { codeOf, complaints } from './oracle.ts';
import { settings } from './settings.ts';
import { Stage } from './stage.ts';

vi.mock('node:crypto', async (original) => (await import('./cheap-passwords.ts')).withCheapPasswords(await original()));

const limited = operations.filter(
  ({ endpoint }) => rateBuckets[endpoint.rate] && endpoint.id.startsWith(settings.endpoint ?? ''),
);

/** The one run in which token buckets are left as they are. */
describe('endpoints that draw from a bucket', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open();
  }, 240_000);
  afterAll(() => stage?.close());

  it.each(limited.map((operation) => [operation.endpoint.id, operation] as const))(
    '%s answers 429 when it is empty, and changes nothing then',
    async (_id, operation) => {
      const { endpoint } = operation;
      const { caller, request } = await exemplarOf(stage, operation);
      const actor = isGuarded(endpoint) ? caller.actor : undefined;
      const { burst } = rateBuckets[endpoint.rate]!;
      for (let call = 0; call < burst; call += 1) {
        const outcome = await stage.send(endpoint, freshKey(request), actor);
        expect(codeOf(outcome)).not.toBe('request.rate_limited');
        expect(complaints(operation, outcome)).toEqual([]);
      }
      const refused = await stage.send(endpoint, freshKey(request), actor);
      expect(`${refused.status} ${codeOf(refused)}`).toBe('429 request.rate_limited');
      expect(complaints(operation, refused)).toEqual([]);
      expect(refused.written).toEqual([]);
      await stage.journal.rewind();
    },
  );
});
