import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { items as itemTemplates } from '#content/items.ts';
import { ACCOUNT_ERASED } from '#events/account.ts';
import { obligationsOf } from '#functions/character/obligations.ts';
import { getCharacter } from '#functions/character/public.ts';
import { saveCharacter } from '#functions/character/store.ts';
import { handler as expireJob } from '#functions/inventory/jobs/expire-items.ts';
import { itemsOf, transferItems } from '#functions/inventory/public.ts';
import { event, mergeChanges } from '#shared/events/changes.ts';
import { DAY_MS } from '#shared/kernel/clock.ts';
import { createId, deriveId, type ItemId } from '#shared/kernel/ids.ts';
import { lambdaContext } from '#shared/testing/invocations.ts';
import { type Correspondent, commitAsTest, equip, type MailWorld, startMailWorld } from '#shared/testing/test-mail.ts';
import { countsOf, exportOf, mailEscrow, systemMail } from './public.ts';
import { mailRules } from './rules.ts';

const single = itemTemplates.all.find(({ maxStack, bind }) => maxStack === 1 && bind === 'none')!.id;

let post: MailWorld;
beforeAll(async () => {
  post = await startMailWorld();
});
afterAll(() => post.stop());
afterEach(async () => {
  expect(await post.complaints()).toEqual([]);
});

const pair = async (): Promise<[Correspondent, Correspondent]> => [await post.player(), await post.player()];
const items = async (owner: Correspondent, count: number): Promise<ItemId[]> => {
  const made: ItemId[] = [];
  for (let index = 0; index < count; index += 1) made.push(await equip(post.world, owner.characterId, single));
  return made;
};
const rowOf = async (entity: string, id: string) =>
  (await post.world.snapshot()).find(({ _et, mailId, itemId }) => _et === entity && (mailId === id || itemId === id));
const eventsOf = async (name: string, mailId: string) => {
  await post.world.deliver();
  return post.world.events.filter((one) => one.name === name && one.aggregateId === mailId).map(({ data }) => data);
};

async function passes(ms: number): Promise<void> {
  post.world.clock.advance(ms);
  await post.runDue();
}

/** The account is gone with its characters. */
async function erase({ accountId, characterId }: Correspondent): Promise<void> {
  const data = { accountId, characterIds: [characterId] };
  await commitAsTest({ events: [event(ACCOUNT_ERASED, { aggregateId: accountId, aggregateSeq: 9, data })] });
  await post.world.deliver({ twice: true });
}

/** A deleted character that can still be restored. */
async function remove({ characterId }: Correspondent): Promise<void> {
  const character = await getCharacter(characterId);
  const next = { ...character!, deletedAtMs: post.world.clock.nowMs(), version: character!.version + 1 };
  await commitAsTest({ writes: [saveCharacter(next)] });
}

describe('a mail that is over', () => {
  it('goes back to its sender once, with all that is left in it, and then to the sinks', async () => {
    const [ana, bob] = await pair();
    const parts = await items(ana, 2);
    const mailId = await post.delivered(ana, { to: [bob.characterId], items: parts, money: 70n });
    await post.takeOne(bob, mailId, 0);
    await passes(mailRules.lifeMs);
    expect(await post.box(bob)).toEqual([]);
    expect(await post.box(ana)).toMatchObject([{ mailId, returned: true, attachments: 1, money: '70' }]);
    expect(await eventsOf('MAIL_RETURNED', mailId)).toMatchObject([{ reason: 'expired', money: { amount: '70' } }]);

    const held = post.till.of('system.sink.expired-mail');
    await passes(mailRules.lifeMs);
    expect(await post.box(ana)).toEqual([]);
    expect(await rowOf('Item', parts[1]!)).toMatchObject({ holder: 'sink.expired' });
    expect(post.till.of('system.sink.expired-mail')).toBe(held + 70n);
    expect(post.till.of(mailEscrow)).toBe(0n);
    expect(await rowOf('MailAudit', mailId)).toMatchObject({
      ownerId: ana.characterId,
      reason: 'expired',
      items: [{ itemId: parts[1] }],
      money: '70',
    });
    expect(await eventsOf('MAIL_EXPIRED', mailId)).toMatchObject([{ items: { length: 1 }, money: { amount: '70' } }]);
    const notices = post.world.pushes.filter(
      ({ destination }) => destination === `/topic/player/${ana.accountId}/notifications`,
    );
    expect(notices.map(({ body }) => (body as { code: string }).code)).toEqual(['mail.returned', 'mail.expired']);
    expect(await post.runDue()).toEqual({ processed: 0 });
  });

  it('goes back after 3 days where something is to be paid for it', async () => {
    const [ana, bob] = await pair();
    const mailId = await post.delivered(ana, { to: [bob.characterId], items: await items(ana, 1), cod: 10n });
    await passes(mailRules.codLifeMs - 1);
    expect(await post.box(bob)).toHaveLength(1);
    await passes(1);
    expect(await post.box(ana)).toMatchObject([{ mailId, returned: true, cod: '0' }]);
  });

  it('is simply gone where nothing is in it, and frees its place', async () => {
    const [ana, bob] = await pair();
    const mailId = await post.delivered(ana, { to: [bob.characterId] });
    post.world.clock.advance(mailRules.lifeMs);
    expect((await post.view(bob, mailId)).body.code).toBe('mail.not_found');
    await post.runDue();
    expect(await eventsOf('MAIL_EXPIRED', mailId)).toMatchObject([{ items: [], reason: 'expired' }]);
    expect(await rowOf('MailAudit', mailId)).toBeUndefined();
  });

  it('does not go back to a sender who is deleted: it goes to the sinks', async () => {
    const [ana, bob] = await pair();
    const [part] = await items(ana, 1);
    const mailId = await post.delivered(ana, { to: [bob.characterId], items: [part!] });
    await remove(ana);
    expect((await post.sendBack(bob, mailId)).body.code).toBe('mail.not_returnable');
    await passes(mailRules.lifeMs);
    expect(await rowOf('Item', part!)).toMatchObject({ holder: 'sink.expired' });
  });

  it('is ended once by jobs that run at the same time, and by a return that races with them', async () => {
    const [ana, bob] = await pair();
    const mailIds: string[] = [];
    for (let index = 0; index < 4; index += 1) {
      mailIds.push(await post.delivered(ana, { to: [bob.characterId], items: await items(ana, 1), money: 10n }));
    }
    post.world.clock.advance(mailRules.lifeMs - 4 * mailRules.valueDelayMs);
    await post.runDue();
    post.world.clock.advance(3 * mailRules.valueDelayMs - 1);
    await Promise.all([...mailIds.map((mailId) => post.sendBack(bob, mailId)), post.runDue(), post.runDue()]);
    post.world.clock.advance(2 * mailRules.valueDelayMs);
    await Promise.all([post.runDue(), post.runDue()]);
    expect(await post.box(ana)).toHaveLength(4);
    post.world.clock.advance(mailRules.lifeMs);
    await Promise.all([post.runDue(), post.runDue(), post.runDue()]);
    await post.runDue();
    for (const mailId of mailIds) expect(await eventsOf('MAIL_EXPIRED', mailId)).toHaveLength(1);
  });

  it('cannot be taken from in the moment that it ends', async () => {
    const [ana, bob] = await pair();
    const mailId = await post.delivered(ana, { to: [bob.characterId], items: await items(ana, 1), money: 10n });
    post.world.clock.advance(mailRules.lifeMs - mailRules.valueDelayMs);
    await Promise.all([post.takeAll(bob, mailId), post.runDue(), post.takeOne(bob, mailId, 0)]);
    post.world.clock.advance(mailRules.valueDelayMs);
    expect((await post.takeAll(bob, mailId)).body.code).toBe('mail.not_found');
    await post.runDue();
  });
});

describe('mail by the game', () => {
  async function owed(owner: Correspondent, money = 0n, more: { readonly expiresAtMs?: number } = {}) {
    const mailId = deriveId('mal', 'test', owner.characterId, createId('opr'));
    const leg = {
      kind: 'mint' as const,
      templateId: single,
      count: 1,
      origin: 'quest',
      source: [mailId],
      destination: { to: 'mail' as const, mailId },
      ...more,
    };
    const sentAtMs = post.world.clock.nowMs();
    const { items: made, changes } = await transferItems([leg], { reason: 'quest', cause: mailId, atMs: sentAtMs });
    const letter = systemMail({ mailId, to: owner, template: 'loot.won', items: made, money, sentAtMs });
    await commitAsTest(mergeChanges(changes, letter));
    if (money > 0n) post.till.give(mailEscrow, money);
    return { mailId, itemId: made[0]!.itemId };
  }

  it('speaks the language of its reader, and tells English to sockets', async () => {
    const bob = await post.player({ locale: 'ru' });
    const { mailId } = await owed(bob);
    expect((await post.view(bob, mailId)).body).toMatchObject({
      subject: 'Ваша доля добычи',
      template: 'loot.won',
      from: { name: 'Почта Гласуотера' },
    });
    await post.world.deliver();
    const pushed = post.world.pushes.find(({ destination }) => destination === `/topic/player/${bob.accountId}/mail`);
    expect(pushed).toMatchObject({ body: { mail: { subject: 'Your share of the loot' } } });
  });

  it('goes into a full box, and waits twice as long as long as something is in it', async () => {
    const bob = await post.player();
    const { mailId, itemId } = await owed(bob, 40n);
    await passes(30 * DAY_MS);
    expect(await post.box(bob)).toMatchObject([{ mailId, attachments: 1, money: '40' }]);
    await passes(30 * DAY_MS);
    expect(await post.box(bob)).toEqual([]);
    expect(await rowOf('Item', itemId)).toMatchObject({ holder: 'sink.expired' });
  });

  it.each([0n, 40n])(
    'keeps what does not last until it is taken, with %i beside it; then that is gone',
    async (money) => {
      const bob = await post.player();
      const expiresAtMs = post.world.clock.nowMs() + DAY_MS;
      const { mailId, itemId } = await owed(bob, money, { expiresAtMs });
      await passes(2 * DAY_MS);
      expect(await expireJob({}, lambdaContext())).toEqual({ processed: 0 });
      expect((await post.takeAll(bob, mailId)).status).toBe(200);
      expect(await rowOf('Item', itemId)).toMatchObject({ holder: bob.characterId });
      expect(await expireJob({}, lambdaContext())).toEqual({ processed: 1 });
      expect(await rowOf('Item', itemId)).toMatchObject({ holder: 'sink.expired' });
    },
  );

  it('is counted, and exported to its owner', async () => {
    const bob = await post.player();
    const { mailId } = await owed(bob);
    const nowMs = post.world.clock.nowMs();
    expect(await countsOf(bob.characterId, nowMs)).toEqual({ unread: 1, withAttachments: 1 });
    expect(await exportOf([bob.characterId], nowMs)).toMatchObject({
      characters: [{ characterId: bob.characterId, received: [{ mailId }], sent: [] }],
    });
  });

  it('refuses nothing but a caller that forgets the limit of items', () => {
    const to = { accountId: createId('acc'), characterId: createId('chr') };
    const many = Array.from({ length: 25 }, () => ({
      itemId: createId('itm'),
      templateId: single,
      quality: 'common' as const,
      count: 1,
    }));
    const letter = { mailId: createId('mal'), to, template: 'loot.won' as const, sentAtMs: 1 };
    expect(() => systemMail({ ...letter, items: many })).toThrow(RangeError);
    expect(() => systemMail({ ...letter, items: many.slice(1) })).not.toThrow();
  });
});

describe('a character', () => {
  it('is not deleted while something waits in its box, or others owe it', async () => {
    const [ana, bob] = await pair();
    expect(await obligationsOf(bob)).toEqual([]);
    const reply = await post.send(ana, { to: [bob.characterId], items: await items(ana, 1), cod: 5n });
    expect(await obligationsOf(bob)).toContain('mail.attachments_waiting');
    expect(await obligationsOf(ana)).toContain('mail.cod_open');
    post.world.clock.advance(mailRules.valueDelayMs);
    await post.takeAll(bob, reply.body.mails[0].mailId, 5n);
    expect(await obligationsOf(bob)).toEqual([]);
    expect(await obligationsOf(ana)).toEqual(['mail.attachments_waiting']);
    await post.takeMoney(ana, (await post.box(ana))[0]!.mailId);
    expect(await obligationsOf(ana)).toEqual([]);
  });

  it('that is gone sends back what lies in its box, and leaves no name', async () => {
    const [ana, bob] = await pair();
    const third = await post.player();
    const held = await post.delivered(ana, { to: [bob.characterId], items: await items(ana, 1), money: 20n });
    const letter = await post.delivered(ana, { to: [bob.characterId] });
    const underWay = (await post.send(ana, { to: [bob.characterId], items: await items(ana, 1) })).body.mails[0].mailId;
    const sent = await post.delivered(bob, { to: [third.characterId], items: await items(bob, 1) });
    const owing = await post.delivered(bob, { to: [third.characterId], items: await items(bob, 1), cod: 30n });
    await remove(bob);
    await erase(bob);
    expect((await post.box(ana)).map(({ mailId }) => mailId).sort()).toEqual([held, underWay].sort());
    expect(await eventsOf('MAIL_RETURNED', held)).toMatchObject([{ reason: 'recipient_gone' }]);
    expect(await rowOf('Mail', letter)).toMatchObject({ status: 'EXPIRED' });
    expect((await post.view(third, sent)).body.from).toEqual({ name: 'Somebody who is gone' });
    expect((await post.sendBack(third, sent)).body.code).toBe('mail.not_returnable');
    expect((await post.takeAll(third, sent)).body).toMatchObject({ items: { length: 1 } });
    expect((await post.view(third, owing)).body.code).toBe('mail.not_found');
    const rows = (await post.world.snapshot()).filter(({ _et }) => _et === 'Mail');
    expect(JSON.stringify(rows)).not.toContain(bob.name);
    expect((await itemsOf(third.characterId)).length).toBe(1);
  });

  it('that is gone while mail is sent to it gets none', async () => {
    const [ana, bob] = await pair();
    await remove(bob);
    await erase(bob);
    const spent = post.till.of(ana.characterId);
    expect((await post.send(ana, { to: [bob.characterId], money: 5n })).body.code).toBe('mail.recipient_not_found');
    expect(post.till.of(ana.characterId)).toBe(spent);
  });
});
