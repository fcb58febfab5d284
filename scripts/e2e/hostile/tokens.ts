import { describe, expect, it } from 'vitest';
import { updateAccount } from '#functions/account/contract.ts';
import { createTicket, logout } from '#functions/auth/contract.ts';
import { createCharacter } from '#functions/character/contract.ts';
import { revokeSession } from '#functions/session/contract.ts';
import { enterZone } from '#functions/zone/contract.ts';
import { claimsOf, forgeries, resigned } from './forged-tokens.ts';
import { codeOf, eachInParallel, endpoints, sendValid } from './valid-request.ts';
import type { World } from './world.ts';

const AT_ONCE = 12;
const guarded = endpoints.filter(({ auth }) => auth !== 'public');

/** Authorization headers that must open nothing, by what they are. */
async function worthlessHeaders({ key, dee }: World): Promise<ReadonlyMap<string, string>> {
  const closed = await dee.logIn();
  await dee.api.call(revokeSession, { params: { sessionId: closed.sessionId } });
  const tokens = {
    ...(await forgeries(key, dee.accessToken)),
    'that is a refresh token': dee.refreshToken,
    'that is a socket ticket': await dee.socketTicket(),
    'of a closed session': closed.accessToken,
  };
  return new Map([
    ['garbage', 'garbage'],
    ['a scheme alone', 'Bearer'],
    ['a genuine token without scheme', dee.accessToken],
    ['a genuine token of another scheme', `Token ${dee.accessToken}`],
    ['two genuine tokens', `Bearer ${dee.accessToken}, Bearer ${dee.accessToken}`],
    ...Object.entries(tokens).map(([what, token]) => [`a token ${what}`, `Bearer ${token}`] as const),
  ]);
}

/** Every endpoint that is not public, with everything that is no token. */
export function describeTokens(world: () => World): void {
  describe('tokens', () => {
    it('that are forged, spent or of another kind open no endpoint and change nothing', async () => {
      const headers = await worthlessHeaders(world());
      const pairs = [undefined, ...headers.keys()].flatMap((what) => guarded.map((endpoint) => ({ what, endpoint })));
      const wrong: string[] = [];
      const changed = await world().table.changedBy(() =>
        eachInParallel(pairs, AT_ONCE, async ({ what, endpoint }) => {
          const authorization = what === undefined ? undefined : headers.get(what)!;
          const { status, text } = await sendValid(world().addresses, endpoint, { authorization });
          // The gateway itself: 401 without a header, 403 when the authorizer says no.
          const expected = what === undefined ? '401 {"message":"Unauthorized"}' : '403 {"message":"Forbidden"}';
          if (`${status} ${text}` !== expected)
            wrong.push(`${endpoint.id} × ${what ?? 'no header'}: ${status} ${text.slice(0, 300)}`);
        }),
      );
      expect(wrong).toEqual([]);
      expect(changed).toEqual([]);
    });

    it('made with the stage’s key and nothing wrong are taken: the forgeries fail for their faults', async () => {
      const { addresses, key, dee } = world();
      const view = endpoints.find(({ id }) => id === 'account.view-account')!;
      const token = await resigned(key, dee.accessToken);
      expect(claimsOf(token).jti).not.toBe(claimsOf(dee.accessToken).jti);
      const { status } = await sendValid(addresses, view, { authorization: `Bearer ${token}` });
      expect(status).toBe(200);
    });

    it('that are genuine change things, and the watch on the table sees it', async () => {
      const { dee, table } = world();
      const changed = await table.changedBy(async () => {
        await dee.api.call(updateAccount, { body: { displayName: 'Vesper' } });
      });
      expect(changed).toContain(`ACC#${dee.accountId} ACCOUNT`);
    });

    it('of players open no administrators’ endpoint', async () => {
      const { addresses, ana, boss, table } = world();
      const privileged = guarded.filter(({ roles }) => roles);
      expect(privileged.map(({ id }) => id)).toContain('analytics.list-events');
      const answers: string[] = [];
      const changed = await table.changedBy(() =>
        eachInParallel(privileged, AT_ONCE, async (endpoint) => {
          const answer = await sendValid(addresses, endpoint, { authorization: `Bearer ${ana.accessToken}` });
          answers.push(`${answer.status} ${codeOf(answer)}`);
        }),
      );
      expect(new Set(answers)).toEqual(new Set(['403 auth.forbidden']));
      expect(changed).toEqual([]);
      const count = privileged.find(({ id }) => id === 'analytics.list-events')!;
      expect((await sendValid(addresses, count, { authorization: `Bearer ${boss.accessToken}` })).status).toBe(200);
    });

    it('without a character open nothing that is a character’s', async () => {
      const { addresses, ana, table } = world();
      const wrong: string[] = [];
      const changed = await table.changedBy(() =>
        eachInParallel(
          guarded.filter(({ auth }) => auth === 'character'),
          AT_ONCE,
          async (endpoint) => {
            const answer = await sendValid(addresses, endpoint, { authorization: `Bearer ${ana.plainToken}` });
            if (answer.status !== 403 || codeOf(answer) !== 'auth.no_character') {
              wrong.push(`${endpoint.id}: ${answer.status} ${answer.text}`);
            }
          },
        ),
      );
      expect(wrong).toEqual([]);
      expect(changed).toEqual([]);
    });

    it('of a session that ended a moment ago move nothing of value, though the gateway still knows them', async () => {
      const { addresses, dee, table } = world();
      // The gateway has learnt both of Cyd's tokens by now.
      await dee.api.call(enterZone, { params: { zoneId: 'glasswater-docks' } });
      await dee.api.call(logout, {});
      const valuable = guarded.filter(({ rate }) => rate === 'value');
      const answers = new Map<string, string>();
      const changed = await table.changedBy(async () => {
        for (const endpoint of [...valuable, createTicket]) {
          const params: Record<string, string> = endpoint.id === enterZone.id ? { zoneId: 'glasswater-docks' } : {};
          const answer = await sendValid(addresses, endpoint, { authorization: `Bearer ${dee.accessToken}`, params });
          answers.set(endpoint.id, `${answer.status} ${codeOf(answer)}`);
        }
      });
      for (const { id } of [createCharacter, enterZone, createTicket]) {
        expect.soft(answers.get(id), id).toBe('401 auth.session_ended');
      }
      expect([...answers].filter(([, answer]) => !answer.startsWith('4'))).toEqual([]);
      expect(changed).toEqual([]);
    });
  });
}
