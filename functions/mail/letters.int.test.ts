import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultPrivacy } from '#functions/account/privacy.ts';
import { putPrivacy } from '#functions/account/store-choices.ts';
import { getCharacter } from '#functions/character/public.ts';
import { saveCharacter } from '#functions/character/store.ts';
import { block } from '#functions/friend/contract.ts';
import { handler as blockHandler } from '#functions/friend/endpoints/block.ts';
import { putSide } from '#functions/friend/store.ts';
import { DAY_MS } from '#shared/kernel/clock.ts';
import { createId } from '#shared/kernel/ids.ts';
import { type Correspondent, commitAsTest, type MailWorld, startMailWorld } from '#shared/testing/test-mail.ts';
import { countUnread, list, listSent, markRead, send } from './contract.ts';
import { handler as countUnreadHandler } from './endpoints/count-unread.ts';
import { handler as listHandler } from './endpoints/list.ts';
import { handler as listSentHandler } from './endpoints/list-sent.ts';
import { handler as markReadHandler } from './endpoints/mark-read.ts';
import { handler as sendHandler } from './endpoints/send.ts';
import { mailRules } from './rules.ts';

let post: MailWorld;
let ana: Correspondent;
let bob: Correspondent;

beforeAll(async () => {
  post = await startMailWorld({ store: 'memory' });
  [ana, bob] = [await post.player(), await post.player()];
});
afterAll(() => post.stop());

const unreadOf = async (actor: Correspondent) =>
  (await post.world.call(countUnreadHandler, countUnread, { actor })).body;
const read = (actor: Correspondent, mailId: string) =>
  post.world.call(markReadHandler, markRead, { actor, params: { mailId } });
const sentBy = async (actor: Correspondent) =>
  (await post.world.call(listSentHandler, listSent, { actor })).body.mails as readonly Record<string, unknown>[];

/** Nothing is written and nothing is paid. */
async function refuses(act: () => Promise<{ status: number; body: { code?: string } }>, code: string) {
  const [rows, balances] = [await post.world.snapshot(), new Map(post.till.balances)];
  const reply = await act();
  expect(reply.body?.code).toBe(code);
  expect(await post.world.snapshot()).toEqual(rows);
  expect(post.till.balances).toEqual(balances);
}

describe('a letter', () => {
  it('arrives at once, for 30, and is told of and pushed', async () => {
    const before = post.till.of(ana.characterId);
    const reply = await post.send(ana, { to: [bob.characterId], subject: 'Hi', body: 'How\nare you?' });
    expect(reply.status, reply.text).toBe(201);
    expect(reply.body.postage).toBe('30');
    expect(post.till.of(ana.characterId)).toBe(before - 30n);
    expect(post.till.of('system.sink.postage')).toBe(30n);
    const [mail] = await post.box(bob);
    expect(mail).toMatchObject({
      subject: 'Hi',
      from: { characterId: ana.characterId, name: ana.name },
      read: false,
      attachments: 0,
      money: '0',
      cod: '0',
      returned: false,
    });
    await post.world.deliver();
    const sent = post.world.events.find(({ name }) => name === 'MAIL_SENT');
    expect(sent).toMatchObject({
      aggregateSeq: 1,
      data: {
        mailId: mail!.mailId,
        from: { characterId: ana.characterId },
        to: { characterId: bob.characterId },
        postage: { amount: '30' },
      },
    });
    expect(post.world.pushes.at(-1)).toMatchObject({
      destination: `/topic/player/${bob.accountId}/mail`,
      body: { type: 'arrived', characterId: bob.characterId, mail: { mailId: mail!.mailId, subject: 'Hi' } },
    });
  });

  it('is read, counted as read, and deleted', async () => {
    const [reader, writer] = [await post.player(), await post.player()];
    const mailId = await post.delivered(writer, { to: [reader.characterId], body: 'Meet me at the docks.' });
    expect(await unreadOf(reader)).toEqual({ unread: 1, withAttachments: 0 });
    expect((await post.view(reader, mailId)).body).toMatchObject({ read: false, body: 'Meet me at the docks.' });
    expect((await read(reader, mailId)).body.read).toBe(true);
    const rows = await post.world.snapshot();
    expect((await read(reader, mailId)).status).toBe(200);
    expect(await post.world.snapshot()).toEqual(rows);
    expect(await unreadOf(reader)).toEqual({ unread: 0, withAttachments: 0 });
    expect((await post.remove(reader, mailId)).status).toBe(204);
    expect(await post.box(reader)).toEqual([]);
    expect((await post.view(reader, mailId)).body.code).toBe('mail.not_found');
    expect((await post.remove(reader, mailId)).body.code).toBe('mail.not_found');
    expect(await post.complaints()).toEqual([]);
    expect(await sentBy(writer)).toMatchObject([{ mailId, state: 'gone', to: { name: reader.name } }]);
  });

  it('goes to ten at once, and costs each of them', async () => {
    const writer = await post.player();
    const readers = await Promise.all(Array.from({ length: 10 }, () => post.player()));
    const reply = await post.send(writer, { to: readers.map(({ characterId }) => characterId) });
    expect(reply.body, reply.text).toMatchObject({ mails: { length: 10 }, postage: '300' });
    for (const reader of readers) expect(await post.box(reader)).toHaveLength(1);
    expect(post.till.of(writer.characterId)).toBe(700n);
  });

  it('is found by the name of its recipient, in the realm of the sender', async () => {
    const elsewhere = await post.player({ realmId: 'ember-coast' });
    const to = (characterName: string) => ({
      actor: ana,
      idempotencyKey: createId('opr'),
      body: { to: [{ characterName }], subject: 'Hi' },
    });
    const reply = await post.world.call(sendHandler, send, to(bob.name.toUpperCase()));
    expect(reply.status, reply.text).toBe(201);
    await refuses(() => post.world.call(sendHandler, send, to(elsewhere.name)), 'mail.recipient_not_found');
    await refuses(() => post.send(ana, { to: [elsewhere.characterId] }), 'mail.recipient_not_found');
  });

  it('is answered again to the same call, and sent once', async () => {
    const reader = await post.player();
    const idempotencyKey = createId('opr');
    const [first, second] = await Promise.all([
      post.send(ana, { to: [reader.characterId] }, { idempotencyKey }),
      post.send(ana, { to: [reader.characterId] }, { idempotencyKey }),
    ]);
    expect([first.status, second.text]).toEqual([201, first.text]);
    expect(await post.box(reader)).toHaveLength(1);
    const other = await post.send(ana, { to: [reader.characterId], subject: 'Other' }, { idempotencyKey });
    expect(other.body.code).toBe('request.idempotency_mismatch');
  });
});

describe('sending is refused, before anything is paid,', () => {
  it('to nobody, to a deleted character, to oneself and to somebody twice', async () => {
    const gone = await post.player();
    const character = await getCharacter(gone.characterId);
    await commitAsTest({
      writes: [saveCharacter({ ...character!, deletedAtMs: post.world.clock.nowMs(), version: 2 })],
    });
    await refuses(() => post.send(ana, { to: [createId('chr')] }), 'mail.recipient_not_found');
    await refuses(() => post.send(ana, { to: [gone.characterId] }), 'mail.recipient_not_found');
    await refuses(() => post.send(ana, { to: [ana.characterId] }), 'mail.self');
    await refuses(() => post.send(ana, { to: [bob.characterId, bob.characterId] }), 'mail.duplicate_recipient');
  });

  it('to who has blocked the sender, with every character of both', async () => {
    const [blocker, second] = [await post.player(), await post.player({ accountId: bob.accountId })];
    const blocked = await post.world.call(blockHandler, block, { actor: blocker, body: { accountId: bob.accountId } });
    expect(blocked.status, blocked.text).toBeLessThan(300);
    await refuses(() => post.send(bob, { to: [blocker.characterId] }), 'mail.recipient_not_found');
    await refuses(() => post.send(second, { to: [blocker.characterId] }), 'mail.recipient_not_found');
    const twin = await post.player({ accountId: blocker.accountId });
    await refuses(() => post.send(bob, { to: [twin.characterId] }), 'mail.recipient_not_found');
  });

  it('to who takes mail of friends alone, or of nobody, but not to friends or own characters', async () => {
    const shy = await post.player();
    const friend = await post.player();
    const privacy = (mail: 'friends' | 'nobody') =>
      commitAsTest({ writes: [putPrivacy(shy.accountId, { ...defaultPrivacy, mail })] });
    await privacy('friends');
    await refuses(() => post.send(friend, { to: [shy.characterId] }), 'mail.recipient_not_found');
    const sinceMs = post.world.clock.nowMs();
    const side = {
      accountId: shy.accountId,
      otherId: friend.accountId,
      relation: 'friend',
      sinceMs,
      revision: 1,
    } as const;
    await commitAsTest({ writes: [putSide(side, undefined)] });
    expect((await post.send(friend, { to: [shy.characterId] })).status).toBe(201);
    await privacy('nobody');
    await refuses(() => post.send(friend, { to: [shy.characterId] }), 'mail.recipient_not_found');
    const own = await post.player({ accountId: shy.accountId });
    expect((await post.send(own, { to: [shy.characterId] })).status).toBe(201);
  });

  it('without a subject that is seen, or with obscene words', async () => {
    await refuses(() => post.send(ana, { to: [bob.characterId], subject: '\u200B ' }), 'mail.text_empty');
    await refuses(() => post.send(ana, { to: [bob.characterId], body: 'fuck off' }), 'mail.text_refused');
    await refuses(() => post.send(ana, { to: [bob.characterId], subject: 'x'.repeat(41) }), 'request.invalid');
    await refuses(() => post.send(ana, { to: [bob.characterId], body: 'x'.repeat(501) }), 'request.invalid');
  });

  it('into a full box, of which mail that is gone frees a place', async () => {
    const reader = await post.player();
    const writers = await Promise.all(Array.from({ length: 2 }, () => post.player({ purse: 10_000n })));
    const writes = async (writer: Correspondent, count: number) => {
      for (let sent = 0; sent < count; sent += 1) {
        post.world.clock.advance(200);
        const reply = await post.send(writer, { to: [reader.characterId] });
        expect(reply.status, reply.text).toBe(201);
      }
    };
    await writes(writers[0]!, 60);
    await writes(writers[1]!, mailRules.box - 60);
    post.world.clock.advance(1_000);
    await refuses(() => post.send(writers[1]!, { to: [reader.characterId] }), 'mail.box_full');
    const [mail] = await post.box(reader);
    await post.remove(reader, mail!.mailId);
    await writes(writers[1]!, 1);
    expect(await post.complaints()).toEqual([]);
    const counted = await unreadOf(reader);
    expect(counted.unread).toBe(mailRules.box);
  }, 120_000);

  it('more than 100 times a day by all characters of an account together', async () => {
    const writer = await post.player({ purse: 10_000n });
    const alt = await post.player({ accountId: writer.accountId, purse: 10_000n });
    const ten = (await Promise.all(Array.from({ length: 10 }, () => post.player()))).map(
      ({ characterId }) => characterId,
    );
    for (let round = 0; round < 10; round += 1) {
      post.world.clock.advance(1_000);
      expect((await post.send(round % 2 ? writer : alt, { to: ten })).status).toBe(201);
    }
    await refuses(() => post.send(writer, { to: [ten[0]!] }), 'mail.too_many_today');
    post.world.clock.advance(DAY_MS);
    expect((await post.send(writer, { to: [ten[0]!] })).status).toBe(201);
  }, 60_000);

  it('without the postage; then neither the box nor the day has counted it', async () => {
    const poor = await post.player({ purse: 29n });
    const reader = await post.player();
    const reply = await post.send(poor, { to: [reader.characterId] });
    expect(reply.body.code).toBe('ledger.insufficient_funds');
    expect(await post.box(reader)).toEqual([]);
    expect(post.till.of(poor.characterId)).toBe(29n);
    const counts = (await post.world.snapshot()).filter(
      ({ _et, accountId, characterId }) =>
        (_et === 'MailDay' && accountId === poor.accountId) ||
        (_et === 'MailBox' && characterId === reader.characterId),
    );
    expect(counts.map(({ count }) => count)).toEqual([0, 0]);
  });
});

describe('a box', () => {
  it('is paged newest first, without gaps or repetitions, also under a filter', async () => {
    const [reader, writer] = [await post.player(), await post.player()];
    const ids: string[] = [];
    for (let index = 0; index < 7; index += 1) {
      ids.unshift(await post.delivered(writer, { to: [reader.characterId], subject: `No ${index}` }));
    }
    await read(reader, ids[1]!);
    await read(reader, ids[4]!);
    const pages = async (query: Readonly<Record<string, string>>) => {
      const found: string[] = [];
      let cursor: string | undefined;
      do {
        const reply = await post.world.call(listHandler, list, {
          actor: reader,
          query: { limit: '2', ...query, ...(cursor ? { cursor } : {}) },
        });
        found.push(...reply.body.mails.map(({ mailId }: { mailId: string }) => mailId));
        cursor = reply.body.nextCursor;
      } while (cursor);
      return found;
    };
    expect(await pages({})).toEqual(ids);
    expect(await pages({ unread: 'true' })).toEqual(ids.filter((_id, index) => index !== 1 && index !== 4));
    expect(await pages({ withAttachments: 'true' })).toEqual([]);
    const forged = await post.world.call(listHandler, list, { actor: reader, query: { cursor: 'Zm9yZ2Vk' } });
    expect(forged.body.code).toBe('request.invalid');
  });

  it('is nobody else’s', async () => {
    const [reader, writer] = [await post.player(), await post.player()];
    const mailId = await post.delivered(writer, { to: [reader.characterId] });
    const twin = await post.player({ accountId: reader.accountId });
    for (const stranger of [writer, bob, twin]) {
      for (const act of [post.view, read, post.remove, post.sendBack, post.takeAll, post.takeMoney]) {
        await refuses(() => act(stranger, mailId), 'mail.not_found');
      }
      await refuses(() => post.takeOne(stranger, mailId, 0), 'mail.not_found');
    }
  });
});
