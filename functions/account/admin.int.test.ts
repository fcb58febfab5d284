import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { refresh } from '#functions/auth/contract.ts';
import { handler as refreshHandler } from '#functions/auth/endpoints/refresh.ts';
import { noFactor, withActive } from '#functions/mfa/rules.ts';
import { deleteFactor, putFactor } from '#functions/mfa/store.ts';
import { getActiveSession, openSession } from '#functions/session/public.ts';
import type { Role } from '#shared/contract/endpoint.ts';
import type { Changes } from '#shared/events/changes.ts';
import { createOperation } from '#shared/events/operation.ts';
import { DAY_MS, HOUR_MS, toIso } from '#shared/kernel/clock.ts';
import { type AccountId, createId } from '#shared/kernel/ids.ts';
import type { Actor } from '#shared/runtime/invocation.ts';
import { catchMails, logIn, registerPlayer, sendLogin } from '#shared/testing/test-player.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import {
  adminBan,
  adminFindAccount,
  adminListAudit,
  adminSetRoles,
  adminUnban,
  adminViewAccount,
} from './admin-contract.ts';
import { rolesWith, type StaffRole } from './authority.ts';
import { deleteAccount } from './contract.ts';
import { handler as banHandler } from './endpoints/admin-ban.ts';
import { handler as findHandler } from './endpoints/admin-find-account.ts';
import { handler as auditHandler } from './endpoints/admin-list-audit.ts';
import { handler as rolesHandler } from './endpoints/admin-set-roles.ts';
import { handler as unbanHandler } from './endpoints/admin-unban.ts';
import { handler as viewHandler } from './endpoints/admin-view-account.ts';
import { handler as deleteHandler } from './endpoints/delete-account.ts';
import { createAccount } from './public.ts';
import { getAccount, updateRoles } from './store.ts';

let world: TestWorld;
let mailbox: ReturnType<typeof catchMails>;
let boss: { accountId: AccountId; actor: Actor };

const factor = { secret: 'sealed', lastCounter: 0, enabledAtMs: 0, recoveryHashes: [] };

/** A player with a password, for tests that log in. */
async function newPlayer(email?: string) {
  const player = await registerPlayer(world, mailbox, email);
  return { ...player, ...(await logIn(world, player)) };
}

/** Somebody with these roles, a second factor, and a session that has just shown it. */
async function newStaff(...held: StaffRole[]) {
  const accountId = createId('acc');
  const { account, ...created } = createAccount({ accountId, locale: 'en', nowMs: world.clock.nowMs() });
  await commit(created);
  if (held.length > 0) await commit({ writes: [updateRoles(account, rolesWith(held))] });
  const actor = world.actor({ accountId, roles: rolesWith(held) });
  const { sessionId } = actor;
  const nowMs = world.clock.nowMs();
  await commit(openSession({ sessionId, accountId, deviceName: 'test', userAgent: 'test', nowMs }));
  await commit({ writes: [putFactor(withActive(noFactor(accountId), factor), noFactor(accountId))] });
  return { accountId, actor: await world.stepUp(actor) };
}
type Person = Awaited<ReturnType<typeof newStaff>>;

function commit(changes: Changes) {
  const operation = createOperation({ actor: { origin: 'test' }, correlationId: 'test', causationId: 'test' });
  return operation.commit(changes);
}

beforeAll(async () => {
  world = await startTestWorld();
  mailbox = catchMails();
  boss = await newPlayer('admin@necpgame.test');
});
beforeEach(async () => {
  world.clock.advance(2 * HOUR_MS);
  await world.stepUp(boss.actor);
});
afterAll(async () => {
  mailbox.undo();
  await world.stop();
});

const reason = 'Report 4711';
type Target = Pick<Person, 'accountId'>;

function setRoles(by: Pick<Person, 'actor'>, { accountId }: Target, roles: readonly Role[]) {
  return world.call(rolesHandler, adminSetRoles, {
    actor: by.actor,
    params: { accountId },
    body: { roles, reason },
  });
}
function ban(by: Pick<Person, 'actor'>, { accountId }: Target, until?: string) {
  const body = { reason, ...(until ? { until } : {}) };
  return world.call(banHandler, adminBan, { actor: by.actor, params: { accountId }, body });
}
function unban(by: Pick<Person, 'actor'>, { accountId }: Target) {
  return world.call(unbanHandler, adminUnban, { actor: by.actor, params: { accountId }, body: { reason } });
}
async function auditOf({ accountId }: Target, query: Record<string, string> = {}) {
  const { body } = await world.call(auditHandler, adminListAudit, { actor: boss.actor, params: { accountId }, query });
  return body as { entries: { action: string; actorId: string; reason?: string }[]; nextCursor?: string };
}

/** Sends a request that must be refused with this code, and checks that it changed nothing. */
async function refused(send: () => Promise<{ status: number; body: { code: string } }>, code: string) {
  const before = await world.snapshot();
  const reply = await send();
  expect(reply.body.code).toBe(code);
  expect(await world.snapshot()).toEqual(before);
}

describe('roles', () => {
  it('are given by an administrator, told, and kept in the audit', async () => {
    const player = await newStaff();
    expect(await setRoles(boss, player, ['moderator'])).toMatchObject({
      status: 200,
      body: { accountId: player.accountId, roles: ['player', 'moderator'] },
    });
    await world.deliver();
    expect(world.events.findLast(({ name }) => name === 'ACCOUNT_ROLES_CHANGED')).toMatchObject({
      aggregateId: player.accountId,
      data: { roles: ['player', 'moderator'], before: ['player'] },
    });
    expect((await auditOf(player)).entries).toMatchObject([
      {
        action: 'roles',
        actorId: boss.accountId,
        reason,
        before: { roles: ['player'] },
        after: { roles: ['player', 'moderator'] },
      },
    ]);
    expect(await getActiveSession(player.actor.sessionId)).toBeDefined();
  });

  it('when one is lost, end the sessions that speak with it', async () => {
    const moderator = await newStaff('moderator');
    await setRoles(boss, moderator, []);
    expect(await getActiveSession(moderator.actor.sessionId)).toBeUndefined();
    await world.deliver();
    expect(world.events.findLast(({ name }) => name === 'SESSION_CLOSED')?.data).toMatchObject({ reason: 'revoked' });
    await refused(() => ban(moderator, boss), 'auth.forbidden');
  });

  it('that are held already change nothing', async () => {
    const moderator = await newStaff('moderator');
    const before = await world.snapshot();
    expect((await setRoles(boss, moderator, ['moderator', 'player'])).status).toBe(200);
    expect(await world.snapshot()).toEqual(before);
  });

  it('are nobody’s own to change', async () => {
    await refused(() => setRoles(boss, boss, ['admin', 'gm']), 'account.own_account');
    await refused(() => setRoles(boss, boss, []), 'account.own_account');
  });

  it.each<{ held: StaffRole[] }>([{ held: [] }, { held: ['moderator'] }, { held: ['gm'] }])(
    'are not given by $held',
    async ({ held }) => {
      const staff = await newStaff(...held);
      await refused(() => setRoles(staff, boss, []), 'auth.forbidden');
      await refused(() => setRoles(staff, staff, ['admin']), 'auth.forbidden');
    },
  );

  it('in a token are not believed once they are taken away', async () => {
    const player = await newStaff();
    const pretender = { actor: { ...player.actor, roles: ['player', 'admin'] as const } };
    await refused(() => setRoles(pretender, boss, []), 'auth.forbidden');
    await refused(() => ban(pretender, boss), 'auth.forbidden');
  });

  it('leave one of two administrators who take them from each other at the same moment', async () => {
    for (let round = 0; round < 5; round += 1) {
      const [one, two] = [await newStaff('admin'), await newStaff('admin')];
      const replies = await Promise.all([setRoles(one, two, []), setRoles(two, one, [])]);
      // The loser finds the role gone, or the session that lost it closed.
      const [won, lost] = replies.map(({ status }) => status).sort();
      expect(won).toBe(200);
      expect([401, 403]).toContain(lost);
      const left = await Promise.all([one, two].map(async ({ accountId }) => (await getAccount(accountId))?.roles));
      expect(left.filter((held) => held?.includes('admin'))).toHaveLength(1);
      await world.deliver();
      world.clock.advance(HOUR_MS);
    }
  });

  it('are given to nobody without a second factor, and can be taken from whoever has turned it off', async () => {
    const player = await newStaff();
    await commit({ writes: [deleteFactor(player.accountId)] });
    await refused(() => setRoles(boss, player, ['moderator']), 'account.second_factor_missing');
    const moderator = await newStaff('moderator', 'gm');
    await commit({ writes: [deleteFactor(moderator.accountId)] });
    expect((await setRoles(boss, moderator, ['gm'])).status).toBe(200);
    await refused(() => setRoles(boss, moderator, ['gm', 'admin']), 'account.second_factor_missing');
  });

  it('open nothing to a session that has not shown the second factor', async () => {
    const [admin, player] = [await newStaff('admin'), await newStaff()];
    await world.stepUp(admin.actor, 'password');
    await refused(() => setRoles(admin, player, ['moderator']), 'auth.second_factor_required');
    await refused(() => ban(admin, player), 'auth.second_factor_required');
    world.clock.advance(HOUR_MS);
    await refused(() => ban(admin, player), 'auth.step_up_required');
  });

  it('are not given to deleted accounts', async () => {
    const player = await newStaff();
    const deleted = await world.call(deleteHandler, deleteAccount, { actor: await world.stepUp(player.actor) });
    expect(deleted.status).toBe(202);
    await world.deliver();
    await refused(() => setRoles(boss, player, ['gm']), 'account.closed');
  });

  it('need an account', async () => {
    await refused(() => setRoles(boss, { accountId: createId('acc') }, ['gm']), 'request.not_found');
  });
});

describe('a ban', () => {
  it('ends the sessions, refuses logins and refreshes, and says until when', async () => {
    const player = await newPlayer();
    const until = toIso(world.clock.nowMs() + DAY_MS);
    expect(await ban(boss, player, until)).toMatchObject({ status: 200, body: { status: 'BANNED', ban: { until } } });
    expect(await getActiveSession(player.actor.sessionId)).toBeUndefined();
    expect(await sendLogin(world, player.email)).toMatchObject({
      status: 403,
      body: { code: 'auth.account_banned', facts: { until } },
    });
    const body = { refreshToken: player.tokens.refreshToken };
    expect((await world.call(refreshHandler, refresh, { body })).status).toBe(401);
    await world.deliver();
    expect(world.events.findLast(({ name }) => name === 'ACCOUNT_BANNED')?.data).toEqual({
      accountId: player.accountId,
      until,
    });
    expect(world.events.findLast(({ name }) => name === 'SESSION_CLOSED')?.data).toMatchObject({ reason: 'banned' });
  });

  it('is over when its end comes, without anybody’s doing', async () => {
    const player = await newPlayer();
    await ban(boss, player, toIso(world.clock.nowMs() + DAY_MS));
    world.clock.advance(DAY_MS - 1);
    expect((await sendLogin(world, player.email)).status).toBe(403);
    world.clock.advance(1);
    expect((await sendLogin(world, player.email)).status).toBe(200);
  });

  it('without an end lasts until it is lifted', async () => {
    const player = await newPlayer();
    await ban(boss, player);
    world.clock.advance(1_000 * DAY_MS);
    expect((await sendLogin(world, player.email)).status).toBe(403);
    await world.stepUp(boss.actor);
    expect(await unban(boss, player)).toMatchObject({ status: 200, body: { status: 'ACTIVE' } });
    expect((await sendLogin(world, player.email)).status).toBe(200);
    await refused(() => unban(boss, player), 'account.not_banned');
    await world.deliver();
    expect(world.events.findLast(({ name }) => name === 'ACCOUNT_UNBANNED')?.aggregateId).toBe(player.accountId);
    expect((await auditOf(player)).entries).toMatchObject([
      { action: 'unban', before: { banUntil: 'for good' } },
      { action: 'ban', before: { status: 'ACTIVE' }, after: { status: 'BANNED' } },
    ]);
  });

  it('reaches only those below, and never oneself', async () => {
    const [moderator, other, gm] = [await newStaff('moderator'), await newStaff('moderator'), await newStaff('gm')];
    for (const target of [other, gm, boss]) await refused(() => ban(moderator, target), 'account.outranked');
    await refused(() => ban(gm, boss), 'account.outranked');
    await refused(() => ban(boss, boss), 'account.own_account');
    expect((await ban(gm, moderator)).status).toBe(200);
    expect((await ban(boss, gm)).status).toBe(200);
  });

  it('takes a banned moderator’s say', async () => {
    const [moderator, player] = [await newStaff('moderator'), await newStaff()];
    await ban(boss, moderator);
    await refused(() => ban(moderator, player), 'auth.forbidden');
  });

  it('by one who loses the role at the same moment comes before that, or not at all', async () => {
    for (let round = 0; round < 4; round += 1) {
      const [moderator, player] = [await newStaff('moderator'), await newStaff()];
      const [banned, taken] = await Promise.all([ban(moderator, player), setRoles(boss, moderator, [])]);
      expect(taken.status).toBe(200);
      expect((await getAccount(player.accountId))?.status).toBe(banned.status === 200 ? 'BANNED' : 'ACTIVE');
      expect([200, 401, 403]).toContain(banned.status);
      world.clock.advance(HOUR_MS);
      await world.stepUp(boss.actor);
    }
  });

  it('outlives a deletion that is taken back', async () => {
    const player = await newStaff();
    await world.call(deleteHandler, deleteAccount, { actor: await world.stepUp(player.actor) });
    await ban(boss, player);
    expect(await getAccount(player.accountId)).toMatchObject({ status: 'DELETION_PENDING', ban: {} });
  });

  it.each([
    ['in the past', '2020-01-01T00:00:00.000Z'],
    ['in the year 9999', '9999-01-01T00:00:00.000Z'],
    ['that is no instant', 'tomorrow'],
  ])('has no end %s', async (_what, until) => {
    const player = await newStaff();
    await refused(() => ban(boss, player, until), 'request.invalid');
  });

  it.each(['', 'no', 'a\nb', 'x'.repeat(501)])('needs a reason: not %j', async (why) => {
    const { accountId } = await newStaff();
    const body = { reason: why };
    await refused(
      () => world.call(banHandler, adminBan, { actor: boss.actor, params: { accountId }, body }),
      'request.invalid',
    );
  });
});

describe('looking at an account', () => {
  const view = (by: Person, { accountId }: Target) =>
    world.call(viewHandler, adminViewAccount, { actor: by.actor, params: { accountId } });
  const find = (by: Person, email: string) =>
    world.call(findHandler, adminFindAccount, { actor: by.actor, body: { email, reason } });

  it('shows moderators no whole address, and writes down who looked', async () => {
    const [moderator, player] = [await newStaff('moderator'), await newPlayer()];
    const { body } = await view(moderator, player);
    expect(body).toMatchObject({ accountId: player.accountId, email: 'p…@players.test', status: 'ACTIVE' });
    world.clock.advance(1_000);
    expect((await view(boss, player)).body.email).toBe(player.email);
    expect((await auditOf(player)).entries).toMatchObject([
      { action: 'view', actorId: boss.accountId },
      { action: 'view', actorId: moderator.accountId },
    ]);
  });

  it('finds it by its address, whatever the case, for game masters', async () => {
    const [gm, player] = [await newStaff('gm'), await newPlayer()];
    expect((await find(gm, player.email.toUpperCase())).body).toMatchObject({ accountId: player.accountId });
    expect((await auditOf(player)).entries).toMatchObject([{ action: 'find', actorId: gm.accountId, reason }]);
    await refused(() => find(gm, 'nobody@players.test'), 'request.not_found');
    const moderator = await newStaff('moderator');
    await refused(() => find(moderator, player.email), 'auth.forbidden');
  });

  it('pages through the audit, newest first, each act once', async () => {
    const player = await newStaff();
    for (let act = 0; act < 5; act += 1) {
      await view(boss, player);
      world.clock.advance(1_000);
    }
    const first = await auditOf(player, { limit: '3' });
    const second = await auditOf(player, { limit: '3', cursor: first.nextCursor! });
    const acts = [...first.entries, ...second.entries] as unknown as { at: string; operationId: string }[];
    expect(new Set(acts.map(({ operationId }) => operationId)).size).toBe(5);
    expect(acts.map(({ at }) => at)).toEqual(
      acts
        .map(({ at }) => at)
        .toSorted()
        .toReversed(),
    );
    expect(second.nextCursor).toBeUndefined();
  });
});
