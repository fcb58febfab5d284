import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catchMails, logIn, registerPlayer } from '#shared/testing/test-player.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { updateAccount, viewAccount } from './contract.ts';
import { handler as updateHandler } from './endpoints/update-account.ts';
import { handler as viewHandler } from './endpoints/view-account.ts';

let world: TestWorld;
let mailbox: ReturnType<typeof catchMails>;

beforeAll(async () => {
  world = await startTestWorld();
  mailbox = catchMails();
});

afterAll(async () => {
  mailbox.undo();
  await world.stop();
});

describe('the account', () => {
  it('is shown to its owner, with a name that tells nothing of the address', async () => {
    const player = await registerPlayer(world, mailbox);
    const { actor } = await logIn(world, player);
    const { status, body } = await world.call(viewHandler, viewAccount, { actor });
    expect(status).toBe(200);
    expect(body).toMatchObject({ accountId: player.accountId, email: player.email, locale: 'en', status: 'ACTIVE' });
    expect(body.displayName).toBe(`Runner ${player.accountId.slice(-6)}`);
  });

  it('changes what is named and nothing else', async () => {
    const { actor } = await logIn(world, await registerPlayer(world, mailbox));
    const renamed = await world.call(updateHandler, updateAccount, { actor, body: { displayName: 'Ночной курьер' } });
    expect(renamed).toMatchObject({ status: 200, body: { displayName: 'Ночной курьер', locale: 'en' } });
    const moved = await world.call(updateHandler, updateAccount, { actor, body: { locale: 'ru' } });
    expect(moved.body).toMatchObject({ displayName: 'Ночной курьер', locale: 'ru' });
    expect((await world.call(viewHandler, viewAccount, { actor })).body).toEqual(moved.body);
  });

  it('takes two changes at the same moment one after the other', async () => {
    const { actor } = await logIn(world, await registerPlayer(world, mailbox));
    const replies = await Promise.all(
      [{ displayName: 'Left Hand' }, { locale: 'ru' }].map((body) =>
        world.call(updateHandler, updateAccount, { actor, body }),
      ),
    );
    expect(replies.map(({ status }) => status)).toEqual([200, 200]);
    expect((await world.call(viewHandler, viewAccount, { actor })).body).toMatchObject({
      displayName: 'Left Hand',
      locale: 'ru',
    });
  });

  it.each([
    ['nothing to change', {}],
    ['a role', { roles: ['admin'] }],
    ['a name with a line break', { displayName: 'two\nlines' }],
    ['a name of spaces', { displayName: '   ' }],
    ['a name without end', { displayName: 'x'.repeat(25) }],
    ['a language that there is not', { locale: 'de' }],
  ])('refuses %s', async (_what, body) => {
    const { actor } = await logIn(world, await registerPlayer(world, mailbox));
    world.clock.advance(10_000);
    const before = await world.snapshot();
    expect(await world.call(updateHandler, updateAccount, { actor, body })).toMatchObject({
      status: 400,
      body: { code: 'request.invalid' },
    });
    expect(await world.snapshot()).toEqual(before);
  });
});
