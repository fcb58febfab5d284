import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Endpoint } from '#shared/contract/endpoint.ts';
import { createId } from '#shared/kernel/ids.ts';
import { type NegativeCase, negativeCases } from '#shared/testing/negative-cases.ts';
import { type RawAnswer, rawHttp } from './raw-http.ts';
import { codeOf, eachInParallel, endpoints } from './valid-request.ts';
import type { World } from './world.ts';

const TOO_MANY = 429;
const TRIES = 10;
/** Ids of the contracts' examples: in a world with content some of them lead somewhere. `foreign-things.ts` has better ones. */
const EXAMPLES = 'things that are not the caller’s';
const REFILL_MS = 1_100;

/** What every contract says it refuses, sent through the gateways. */
export function describeContractNegatives(world: () => World): void {
  const tokenFor = ({ roles: needed }: Endpoint, { actor }: NegativeCase['request']): string | undefined => {
    if (!actor) return undefined;
    const { ana, boss } = world();
    const player = needed && actor.roles.includes('admin') ? boss : ana;
    return actor.characterId ? player.accessToken : player.plainToken;
  };

  const send = async (endpoint: Endpoint, { request }: NegativeCase): Promise<RawAnswer> => {
    const { params = {}, query = {}, body, headers, idempotencyKey } = request;
    const { adminUrl, httpUrl } = world().addresses;
    const path = endpoint.path.replace(/\{(\w+)\}/g, (_whole, name: string) => encodeURIComponent(params[name] ?? ''));
    const token = tokenFor(endpoint, request);
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const post = () =>
      rawHttp(endpoint.roles ? adminUrl : httpUrl, `${path}?${new URLSearchParams(query)}`, {
        method: endpoint.method,
        headers: {
          ...(token ? { authorization: `Bearer ${token}` } : {}),
          ...(idempotencyKey ? { 'idempotency-key': idempotencyKey } : {}),
          ...(text === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(text === undefined ? {} : { body: text }),
      });
    let answer = await post();
    // Rate buckets bound hostile clients too; here they are only in the way.
    for (let tries = 1; answer.status === TOO_MANY && tries < TRIES; tries += 1) {
      await delay(REFILL_MS);
      answer = await post();
    }
    return answer;
  };

  describe('every contract', () => {
    it('refuses what it does not declare, and changes nothing', async () => {
      const wrong: string[] = [];
      const changed = await world().table.changedBy(() =>
        eachInParallel(endpoints, 4, async (endpoint) => {
          const actor = {
            accountId: createId('acc'),
            sessionId: createId('ses'),
            characterId: createId('chr'),
            roles: ['player' as const, ...(endpoint.roles ?? [])],
          };
          for (const one of negativeCases(endpoint, actor)) {
            const isGateways = endpoint.auth !== 'public' && !one.request.actor;
            // Step-ups of several kinds in turn are another test's (`negative-cases.int.test.ts`).
            if (isGateways || one.name === EXAMPLES || one.stepUp) continue;
            const answer = await send(endpoint, one);
            if (!one.codes.includes(codeOf(answer))) {
              wrong.push(
                `${endpoint.id} × ${one.name}: ${answer.status} ${answer.text.slice(0, 300)}, not ${one.codes}`,
              );
            }
          }
        }),
      );
      expect(wrong).toEqual([]);
      expect(changed).toEqual([]);
    });
  });
}
