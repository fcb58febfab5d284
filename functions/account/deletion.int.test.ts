import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { login as loginEndpoint } from '#functions/auth/contract.ts';
import { handler as loginHandler } from '#functions/auth/endpoints/login.ts';
import { createCharacter } from '#functions/character/contract.ts';
import { handler as createCharacterHandler } from '#functions/character/endpoints/create-character.ts';
import { request as friendRequest } from '#functions/friend/contract.ts';
import { handler as friendRequestHandler } from '#functions/friend/endpoints/request.ts';
import { getActiveSession } from '#functions/session/public.ts';
import { DAY_MS, HOUR_MS, toIso } from '#shared/kernel/clock.ts';
import { SessionId } from '#shared/kernel/ids.ts';
import { lambdaContext } from '#shared/testing/invocations.ts';
import { catchMails, logIn, registerPlayer, sendLogin, TEST_PASSWORD } from '#shared/testing/test-player.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { deleteAccount, restoreAccount, setConsents, setPrivacy, updateAccount } from './contract.ts';
import { handler as deleteHandler } from './endpoints/delete-account.ts';
import { handler as restoreHandler } from './endpoints/restore-account.ts';
import { handler as setConsentsHandler } from './endpoints/set-consents.ts';
import { handler as setPrivacyHandler } from './endpoints/set-privacy.ts';
import { handler as updateHandler } from './endpoints/update-account.ts';
import { handler as eraseDue } from './jobs/erase-due.ts';
import { defaultPrivacy } from './privacy.ts';
import { getAccount } from './store.ts';

let world: TestWorld;
let mailbox: ReturnType<typeof catchMails>;

beforeAll(async () => {
  world = await startTestWorld();
  mailbox = catchMails();
});
// Rate limits and lockouts are another test's business.
beforeEach(() => world.clock.advance(2 * HOUR_MS));
afterAll(async () => {
  mailbox.undo();
  await world.stop();
});

async function newPlayer(email?: string) {
  const player = await registerPlayer(world, mailbox, email);
  const { actor } = await logIn(world, player);
  return { ...player, actor: await world.stepUp(actor) };
}
type Player = Awaited<ReturnType<typeof newPlayer>>;

const sendDelete = ({ actor }: Player) => world.call(deleteHandler, deleteAccount, { actor });
const sendRestore = (email: string, password = TEST_PASSWORD) =>
  world.call(restoreHandler, restoreAccount, { body: { email, password } });
const runErase = () => eraseDue({}, lambdaContext());

async function deletedPlayer(): Promise<Player & { eraseAt: string }> {
  const player = await newPlayer();
  const { status, body } = await sendDelete(player);
  expect(status).toBe(202);
  await world.deliver();
  return { ...player, eraseAt: body.eraseAt };
}

const eventsOf = (name: string, accountId: string) =>
  world.events.filter((event) => event.name === name && event.aggregateId === accountId);

describe('deleting an account', () => {
  it('closes it, ends every session and mails the day of erasure', async () => {
    const player = await newPlayer();
    const other = await logIn(world, player);
    const mailsBefore = mailbox.mails.length;
    const eraseAt = toIso(world.clock.nowMs() + 30 * DAY_MS);
    expect(await sendDelete(player)).toMatchObject({ status: 202, body: { eraseAt } });
    expect(await getActiveSession(other.actor.sessionId)).toBeUndefined();
    expect(await getAccount(player.accountId)).toMatchObject({ status: 'DELETION_PENDING' });

    await world.deliver({ twice: true });
    expect(await getActiveSession(player.actor.sessionId)).toBeUndefined();
    const reasons = world.events.filter(
      ({ name, data }) => name === 'SESSION_CLOSED' && (data as { accountId: string }).accountId === player.accountId,
    );
    expect(reasons.map(({ data }) => (data as { reason: string }).reason)).toEqual([
      'account_deleted',
      'account_deleted',
    ]);
    expect(eventsOf('ACCOUNT_DELETION_REQUESTED', player.accountId)).toMatchObject([{ data: { eraseAt } }]);
    const mails = mailbox.mails.slice(mailsBefore).filter(({ subject }) => subject === 'Your account will be deleted');
    expect(mails).toMatchObject([{ to: player.email }]);
    expect(mails[0]!.text).toContain(eraseAt.slice(0, 10));
  });

  it('mails in the language of the account', async () => {
    const player = await newPlayer();
    await world.call(updateHandler, updateAccount, { actor: player.actor, body: { locale: 'ru' } });
    await sendDelete(player);
    await world.deliver();
    expect(mailbox.mails.findLast(({ to }) => to === player.email)?.subject).toBe('Ваша учётная запись будет удалена');
  });

  it('asks for a step-up first', async () => {
    const { actor } = await logIn(world, await registerPlayer(world, mailbox));
    const before = await world.snapshot();
    const reply = await world.call(deleteHandler, deleteAccount, { actor });
    expect(reply).toMatchObject({ status: 403, body: { code: 'auth.step_up_required' } });
    expect(await world.snapshot()).toEqual(before);
  });

  it('is refused to staff, who must lose their roles first', async () => {
    const admin = await newPlayer('admin@necpgame.test');
    const before = await world.snapshot();
    expect(await sendDelete(admin)).toMatchObject({ status: 409, body: { code: 'account.staff' } });
    expect(await world.snapshot()).toEqual(before);
  });

  it('answers the same day again', async () => {
    const player = await newPlayer();
    const first = await sendDelete(player);
    world.clock.advance(1_000);
    expect((await sendDelete(player)).body).toEqual(first.body);
  });

  it('lets nobody log in, and says why only to who knows the password', async () => {
    const { email, eraseAt } = await deletedPlayer();
    expect(await sendLogin(world, email)).toMatchObject({
      status: 403,
      body: { code: 'auth.account_deletion_pending', facts: { eraseAt } },
    });
    expect(await sendLogin(world, email, 'not the password')).toMatchObject({
      status: 401,
      body: { code: 'auth.credentials_invalid' },
    });
  });
});

describe('restoring an account', () => {
  it('opens it again until the day of erasure', async () => {
    const { email, accountId } = await deletedPlayer();
    world.clock.advance(29 * DAY_MS);
    expect(await sendRestore(email)).toMatchObject({ status: 200, body: { accountId, status: 'ACTIVE' } });
    await world.deliver();
    expect(eventsOf('ACCOUNT_RESTORED', accountId)).toHaveLength(1);
    expect((await sendLogin(world, email)).status).toBe(200);
    world.clock.advance(2 * DAY_MS);
    await runErase();
    expect(await getAccount(accountId)).toMatchObject({ status: 'ACTIVE', email });
  });

  it('answers a wrong password and an address without an account alike', async () => {
    const { email } = await deletedPlayer();
    const [wrong, nobody] = [await sendRestore(email, 'not the password'), await sendRestore('nobody@players.test')];
    expect(wrong.status).toBe(401);
    const { instance: _one, requestId: _two, ...rest } = wrong.body;
    expect(nobody.body).toMatchObject(rest);
  });

  it('is locked against guessing, with the login', async () => {
    const { email } = await deletedPlayer();
    for (let guess = 0; guess < 5; guess += 1) await sendRestore(email, `guess ${guess}`);
    expect(await sendRestore(email)).toMatchObject({ status: 429, body: { code: 'auth.too_many_attempts' } });
    expect((await sendLogin(world, email)).status).toBe(429);
    world.clock.advance(HOUR_MS);
    expect((await sendRestore(email)).status).toBe(200);
  });

  it('changes nothing of an account that is not deleted', async () => {
    const player = await newPlayer();
    const before = await getAccount(player.accountId);
    expect(await sendRestore(player.email)).toMatchObject({ status: 200, body: { status: 'ACTIVE' } });
    expect(await getAccount(player.accountId)).toEqual(before);
  });

  it('comes before or after a deletion of the same moment, never in its midst', async () => {
    for (let round = 0; round < 5; round += 1) {
      const player = await newPlayer();
      const [deleted, undone] = await Promise.all([sendDelete(player), sendRestore(player.email)]);
      expect([deleted.status, undone.status]).toEqual([202, 200]);
      const account = (await getAccount(player.accountId))!;
      const isPending = account.status === 'DELETION_PENDING';
      expect(account.eraseAtMs !== undefined).toBe(isPending);
      await world.deliver();
      expect(eventsOf('ACCOUNT_DELETION_REQUESTED', player.accountId)).toHaveLength(1);
      expect(eventsOf('ACCOUNT_RESTORED', player.accountId)).toHaveLength(isPending ? 0 : 1);
      world.clock.advance(HOUR_MS);
    }
  });
});

describe('erasing accounts', () => {
  it('waits for the day, then erases once', async () => {
    const { accountId } = await deletedPlayer();
    world.clock.advance(30 * DAY_MS - HOUR_MS);
    await runErase();
    expect((await getAccount(accountId))?.status).toBe('DELETION_PENDING');
    world.clock.advance(HOUR_MS);
    await Promise.all([runErase(), runErase()]);
    expect(await getAccount(accountId)).toMatchObject({ status: 'ERASED', roles: [] });
    expect(await runErase()).toEqual({ processed: 0 });
    await world.deliver({ twice: true });
    expect(eventsOf('ACCOUNT_ERASED', accountId)).toHaveLength(1);
  });

  it('or restores, when both happen at once', async () => {
    const { accountId, email } = await deletedPlayer();
    world.clock.advance(30 * DAY_MS);
    const [undone] = await Promise.all([sendRestore(email), runErase()]);
    const account = (await getAccount(accountId))!;
    expect([undone.status, account.status]).toEqual(account.status === 'ERASED' ? [401, 'ERASED'] : [200, 'ACTIVE']);
    await world.deliver();
    expect(eventsOf('ACCOUNT_ERASED', accountId)).toHaveLength(account.status === 'ERASED' ? 1 : 0);
  });

  it('frees the address for a new account', async () => {
    const { email, accountId } = await deletedPlayer();
    world.clock.advance(30 * DAY_MS);
    await runErase();
    await world.deliver();
    world.clock.advance(HOUR_MS);
    const again = await registerPlayer(world, mailbox, email);
    expect(again.accountId).not.toBe(accountId);
  });

  it('leaves nothing behind that tells of the person', async () => {
    const email = 'ekaterina.vetrova@players.test';
    const player = await registerPlayer(world, mailbox, email);
    const friend = await newPlayer();
    const login = await world.call(loginHandler, loginEndpoint, {
      body: { email, password: TEST_PASSWORD, device: 'Devicemarker' },
      ip: '198.51.100.23',
    });
    const sessionId = SessionId.parse(login.body.sessionId);
    const actor = await world.stepUp({ ...world.actor(player), sessionId });
    await world.call(updateHandler, updateAccount, {
      actor,
      body: { displayName: 'Vetrovamarker', bio: 'Biomarker here.', timeZone: 'Asia/Kathmandu' },
    });
    await world.call(setPrivacyHandler, setPrivacy, { actor, body: defaultPrivacy });
    const consents = [{ document: 'marketing', version: '2026-11-01', given: true }];
    await world.call(setConsentsHandler, setConsents, { actor, body: { consents } });
    const created = await world.call(createCharacterHandler, createCharacter, {
      actor,
      idempotencyKey: 'one-character',
      body: { name: 'Namemarker', classId: 'gunhand', originId: 'gutter-born', appearance: {} },
    });
    expect(created.status, created.text).toBe(201);
    await world.call(friendRequestHandler, friendRequest, { actor, body: { accountId: friend.accountId } });
    await world.deliver();
    expect((await world.call(deleteHandler, deleteAccount, { actor })).status).toBe(202);
    await world.deliver();
    world.clock.advance(31 * DAY_MS);
    await runErase();
    await world.deliver();
    world.clock.advance(31 * DAY_MS);

    const left = await liveRows();
    const found = (text: string) => left.filter((row) => row.toLowerCase().includes(text.toLowerCase()));
    expect(found('vetrova')).toEqual([]);
    expect(found('Biomarker')).toEqual([]);
    expect(found('Kathmandu')).toEqual([]);
    expect(found('198.51.100')).toEqual([]);
    expect(found('Devicemarker')).toEqual([]);
    expect(found('Namemarker')).toEqual([]);
  });
});

/** All rows as JSON that DynamoDB would not have expired by now. */
async function liveRows(): Promise<string[]> {
  const rows: string[] = [];
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await world.client.send(new ScanCommand({ TableName: world.tableName, ExclusiveStartKey }));
    const live = (page.Items ?? []).filter(({ ttl }) => ttl === undefined || ttl * 1_000 > world.clock.nowMs());
    rows.push(...live.map((row) => JSON.stringify(row)));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return rows;
}
