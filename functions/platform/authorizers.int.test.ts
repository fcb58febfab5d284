import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { issueAccessToken, issueTicket, readAccessToken } from '#functions/auth/public.ts';
import { closeSession, getSession, playCharacter } from '#functions/session/public.ts';
import { createOperation } from '#shared/events/operation.ts';
import { MINUTE_MS, SECOND_MS } from '#shared/kernel/clock.ts';
import { createId } from '#shared/kernel/ids.ts';
import { lambdaContext } from '#shared/testing/invocations.ts';
import { catchMails, logIn, registerPlayer } from '#shared/testing/test-player.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { handler as authorizeHttp } from './triggers/authorize-http.ts';
import { handler as authorizeSocket } from './triggers/authorize-socket.ts';

let world: TestWorld;
let mailbox: ReturnType<typeof catchMails>;

beforeAll(async () => {
  world = await startTestWorld();
  mailbox = catchMails();
});

beforeEach(() => {
  world.clock.advance(MINUTE_MS);
});

afterAll(async () => {
  mailbox.undo();
  await world.stop();
});

const METHOD_ARN = 'arn:aws:execute-api:eu-central-1:000000000000:api/dev/$connect';
const operation = () => createOperation({ actor: { origin: 'test' }, correlationId: 't', causationId: 't' });
const enter = async () => logIn(world, await registerPlayer(world, mailbox));
const http = (authorization?: string) =>
  authorizeHttp({ headers: authorization ? { authorization } : {} }, lambdaContext());
const socket = (from: { ticket?: string; headers?: Record<string, string> }) =>
  authorizeSocket(
    {
      headers: from.headers ?? null,
      queryStringParameters: from.ticket === undefined ? null : { ticket: from.ticket },
      methodArn: METHOD_ARN,
    },
    lambdaContext(),
  );
const effectOf = ({ policyDocument }: Awaited<ReturnType<typeof socket>>) => policyDocument.Statement[0]?.Effect;

async function ticketFor(holder: Parameters<typeof issueTicket>[0]): Promise<string> {
  const { ticket, write } = issueTicket(holder, { purpose: 'socket' }, world.clock.nowMs());
  await operation().commit({ writes: [write] });
  return ticket;
}

describe('the HTTP authorizer', () => {
  it('names the player behind a token', async () => {
    const { tokens, actor } = await enter();
    expect(await http(`Bearer ${tokens.accessToken}`)).toEqual({
      isAuthorized: true,
      context: { accountId: actor.accountId, sessionId: actor.sessionId, roles: 'player', characterId: '' },
    });
  });

  it('names the character that the token carries only while the session plays it', async () => {
    const { actor } = await enter();
    const { accountId, sessionId, roles } = actor;
    const [first, second] = [createId('chr'), createId('chr')];
    await operation().commit(await playCharacter((await getSession(sessionId))!, first, world.clock.nowMs()));
    const { token } = await issueAccessToken({ accountId, sessionId, roles, characterId: first }, world.clock.nowMs());
    expect(await http(`Bearer ${token}`)).toMatchObject({ context: { characterId: first } });
    await operation().commit(await playCharacter((await getSession(sessionId))!, second, world.clock.nowMs()));
    expect(await http(`Bearer ${token}`)).toMatchObject({
      isAuthorized: true,
      context: { accountId, characterId: '' },
    });
  });

  it('refuses a token of a session that has ended, that never was, or that is of another account', async () => {
    const { tokens, actor } = await enter();
    await operation().commit(closeSession((await getSession(actor.sessionId))!, 'revoked', world.clock.nowMs()));
    expect(await http(`Bearer ${tokens.accessToken}`)).toEqual({ isAuthorized: false });

    const other = await enter();
    const nowMs = world.clock.nowMs();
    const claims = { accountId: actor.accountId, roles: actor.roles, characterId: undefined };
    for (const sessionId of [createId('ses'), other.actor.sessionId]) {
      const { token } = await issueAccessToken({ ...claims, sessionId }, nowMs);
      expect(await http(`Bearer ${token}`)).toEqual({ isAuthorized: false });
    }
  });

  it('refuses anything but a current bearer token', async () => {
    const { tokens } = await enter();
    const { accessToken, refreshToken } = tokens;
    for (const header of [
      undefined,
      '',
      'Bearer',
      'Bearer ',
      accessToken,
      `Basic ${accessToken}`,
      `Bearer ${refreshToken}`,
      `Bearer ${accessToken} x`,
      `Bearer ${accessToken.slice(0, -3)}AAA`,
      `Bearer ${'a'.repeat(50_000)}`,
    ]) {
      expect(await http(header)).toEqual({ isAuthorized: false });
    }
    world.clock.advance(11 * MINUTE_MS);
    expect(await http(`Bearer ${accessToken}`)).toEqual({ isAuthorized: false });
    expect(await readAccessToken(accessToken, world.clock.nowMs())).toBeUndefined();
  });
});

describe('the socket authorizer', () => {
  it('lets a ticket in once', async () => {
    const { actor } = await enter();
    const ticket = await ticketFor(actor);
    const verdict = await socket({ ticket });
    expect(effectOf(verdict)).toBe('Allow');
    expect(verdict).toMatchObject({
      principalId: actor.accountId,
      policyDocument: { Statement: [{ Action: 'execute-api:Invoke', Resource: METHOD_ARN }] },
      context: { accountId: actor.accountId, sessionId: actor.sessionId, roles: 'player', characterId: '' },
    });
    const again = await socket({ ticket });
    expect(effectOf(again)).toBe('Deny');
    expect(again).not.toHaveProperty('context');
  });

  it('lets a bearer token in, however the header is written', async () => {
    const { tokens, actor } = await enter();
    for (const name of ['authorization', 'Authorization', 'AUTHORIZATION']) {
      const verdict = await socket({ headers: { [name]: `Bearer ${tokens.accessToken}` } });
      expect([effectOf(verdict), verdict.principalId]).toEqual(['Allow', actor.accountId]);
    }
  });

  it('refuses a ticket that is late, made up, or of a session that has ended', async () => {
    const { actor } = await enter();
    const late = await ticketFor(actor);
    world.clock.advance(30 * SECOND_MS);
    const orphan = await ticketFor(actor);
    await operation().commit(closeSession((await getSession(actor.sessionId))!, 'logout', world.clock.nowMs()));
    for (const ticket of [late, orphan, '', 'made up', 'A'.repeat(43)]) {
      expect(effectOf(await socket({ ticket }))).toBe('Deny');
    }
  });

  it('judges who sends a ticket by the ticket alone, and who sends nothing not at all', async () => {
    const { tokens } = await enter();
    const headers = { Authorization: `Bearer ${tokens.accessToken}` };
    expect(effectOf(await socket({ ticket: 'made up', headers }))).toBe('Deny');
    expect(effectOf(await socket({}))).toBe('Deny');
  });

  it('lets only the stage’s own pages in from browsers, and uses no ticket up for others', async () => {
    const { actor } = await enter();
    const ticket = await ticketFor(actor);
    for (const origin of [
      'https://evil.test',
      'null',
      'https://play.necpgame.test.evil.test',
      'http://play.necpgame.test',
      '',
    ]) {
      for (const name of ['Origin', 'origin']) {
        expect(effectOf(await socket({ ticket, headers: { [name]: origin } })), origin).toBe('Deny');
      }
    }
    expect(effectOf(await socket({ ticket, headers: { Origin: 'https://play.necpgame.test' } }))).toBe('Allow');
  });
});
