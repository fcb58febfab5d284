import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { items } from '#content/items.ts';
import { buybackHolder, itemById, mailOf } from '#functions/inventory/public.ts';
import { containerSlots } from '#functions/inventory/rules.ts';
import { takeMoney, view as viewMail } from '#functions/mail/contract.ts';
import { handler as takeMoneyHandler } from '#functions/mail/endpoints/take-money.ts';
import { handler as viewHandler } from '#functions/mail/endpoints/view.ts';
import { mailEscrow, mailWith, systemMail } from '#functions/mail/public.ts';
import { list as listNotices } from '#functions/notification/contract.ts';
import { handler as noticesHandler } from '#functions/notification/endpoints/list.ts';
import { initialProgression } from '#functions/progression/public.ts';
import { saleOf } from '#functions/vendor/public.ts';
import { putSale } from '#functions/vendor/store.ts';
import { HOUR_MS, SECOND_MS } from '#shared/kernel/clock.ts';
import { createId, type ItemId, type MailId } from '#shared/kernel/ids.ts';
import { useStepHook } from '#shared/kernel/step.ts';
import type { Actor } from '#shared/runtime/invocation.ts';
import { itemComplaints } from '#shared/testing/item-audit.ts';
import { mailComplaints } from '#shared/testing/mail-audit.ts';
import { takenBy } from '#shared/testing/staff-money.ts';
import { commitInTest, type PlayingActor, playingCharacter } from '#shared/testing/test-character.ts';
import { giveNew, moveItems } from '#shared/testing/test-owner.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { approveProposal, clawBack, grant } from './contract-acts.ts';
import { handler as approveHandler } from './endpoints/approve-proposal.ts';
import { handler as clawBackHandler } from './endpoints/claw-back.ts';
import { handler as grantHandler } from './endpoints/grant.ts';

const cheap = items.all.find(
  ({ maxStack, kind, quality }) => maxStack >= 100 && kind === 'material' && quality === 'common',
)!;
const coat = items.all.find(({ slot, bind, quality }) => slot === 'torso' && bind === 'none' && quality === 'common')!;
const reason = 'Report 4712';
const currency = 'eddies';

let world: TestWorld;
let gm: Actor;
beforeAll(async () => {
  world = await startTestWorld();
  gm = await world.stepUp(world.actor({ roles: ['player', 'gm'] }));
});
afterAll(async () => {
  const complaints = itemComplaints(await world.snapshot());
  await world.stop();
  expect(complaints).toEqual([]);
});

const key = () => createId('opr');
const takeBack = (body: object, idempotencyKey = key()) =>
  world.call(clawBackHandler, clawBack, { actor: gm, body: { reason, ...body }, idempotencyKey });
const give = (body: object, idempotencyKey = key()) =>
  world.call(grantHandler, grant, { actor: gm, body: { reason, ...body }, idempotencyKey });

async function player(eddies = 0n): Promise<PlayingActor> {
  const actor = await playingCharacter(world);
  const { accountId, characterId } = actor;
  await commitInTest(initialProgression({ accountId, characterId, classId: 'gunhand' }).changes);
  if (eddies > 0n) world.till.balances.set(characterId, eddies);
  return actor;
}

/** Something that follows its owner by mail, because there is no room in the bag. */
async function mailed({ characterId }: PlayingActor, count = 2): Promise<readonly ItemId[]> {
  for (let free = containerSlots.bag; free > 0; free -= 1) await giveNew(world, characterId, coat.id);
  const { body } = await give({ characterId, mint: [{ templateId: coat.id, count }] });
  await world.deliver();
  const event = world.events.find(({ name, aggregateId }) => name === 'VALUE_GRANTED' && aggregateId === body.actId)!;
  return (event.data as { items: { itemId: ItemId }[] }).items.map(({ itemId }) => itemId);
}

async function sold({ characterId }: PlayingActor, count: number): Promise<ItemId> {
  const [itemId] = (await giveNew(world, characterId, cheap.id, count)) as [ItemId];
  await moveItems(world, [
    { kind: 'move', itemId, from: characterId, bound: 'any', destination: { to: 'buyback', characterId } },
  ]);
  const sale = { characterId, itemId, soldAtMs: world.clock.nowMs(), templateId: cheap.id, count, currency, price: 9n };
  await commitInTest({ writes: [putSale(sale)] });
  return itemId;
}

const holderOf = async (itemId: ItemId) => (await itemById(itemId))!.holder;
const noticesOf = async (actor: PlayingActor) => {
  await world.deliver();
  return (await world.call(noticesHandler, listNotices, { actor, query: {} })).body.notifications;
};

it('takes things out of a mail, of which the mail then knows, and leaves the others', async () => {
  const ana = await player();
  const [one, other] = (await mailed(ana)) as [ItemId, ItemId];
  const holder = await holderOf(one);
  expect((await takeBack({ characterId: ana.characterId, items: [{ itemId: one }] })).body.state).toBe('DONE');
  expect([await holderOf(one), await holderOf(other)]).toEqual(['sink.clawback', holder]);
  expect(await mailWith(mailOf(holder)!, one)).toBeUndefined();
  expect((await mailWith(mailOf(holder)!, other))!.attachments.map(({ takenAtMs }) => takenAtMs !== undefined)).toEqual(
    expect.arrayContaining([true, false]),
  );
  expect((await takeBack({ characterId: ana.characterId, items: [{ itemId: one }] })).body.code).toBe(
    'custody.item_elsewhere',
  );
});

it('takes what a vendor would still give back, which is on its list no more', async () => {
  const ana = await player();
  const itemId = await sold(ana, 10);
  const { characterId } = ana;
  expect(await holderOf(itemId)).toBe(buybackHolder(characterId));
  expect((await takeBack({ characterId, items: [{ itemId }] })).body.state).toBe('DONE');
  expect(await holderOf(itemId)).toBe('sink.clawback');
  expect(await saleOf(characterId, itemId)).toBeUndefined();
});

it('takes such things whole, without money, and of nobody but their owner', async () => {
  const [ana, bob] = [await player(100n), await player()];
  const itemId = await sold(ana, 10);
  const [inMail] = (await mailed(ana, 1)) as [ItemId];
  const { characterId } = ana;
  const before = await world.snapshot();
  const codes = [
    await takeBack({ characterId, items: [{ itemId, count: 4 }] }),
    await takeBack({ characterId, items: [{ itemId }], money: [{ currency, amount: '1' }] }),
    await takeBack({ characterId, items: [{ itemId: inMail }], money: [{ currency, amount: '1' }] }),
    await takeBack({ characterId: bob.characterId, items: [{ itemId }] }),
    await takeBack({ characterId: bob.characterId, items: [{ itemId: inMail }] }),
  ].map(({ body }) => body.code);
  expect(codes).toEqual([
    'custody.whole_stack',
    'custody.apart_from_money',
    'custody.apart_from_money',
    'custody.item_elsewhere',
    'custody.item_elsewhere',
  ]);
  expect(await world.snapshot()).toEqual(before);
});

it('says when to ask again for what is in a settlement’s hands', async () => {
  const ana = await player(100n);
  const { characterId } = ana;
  const [itemId] = (await giveNew(world, characterId, cheap.id, 10)) as [ItemId];
  const undo = useStepHook((name, run) => {
    if (name === 'settlement.decide') throw new Error('the ledger does not answer');
    return run();
  });
  const once = key();
  const wanted = { characterId, items: [{ itemId }], money: [{ currency, amount: '40' }] };
  const first = await takeBack(wanted, once).finally(undo);
  expect(first.status).toBe(202);
  const refused = await takeBack({ characterId, items: [{ itemId }] });
  expect([refused.status, refused.body.code]).toEqual([409, 'custody.in_settlement']);
  expect(Number(refused.headers?.['retry-after'])).toBeGreaterThan(0);
  expect((await takeBack(wanted, once)).body.state).toBe('DONE');
  expect((await takeBack({ characterId, items: [{ itemId }] })).body.code).toBe('custody.item_elsewhere');
});

it('says when money is free that is set aside now, and takes what is not', async () => {
  const { characterId } = await player(100n);
  const id = createId('txn');
  const hold = { owner: characterId, currency, amount: 80n, lifeMs: HOUR_MS };
  await world.till.hold({ ...hold, id, requestHash: id, kind: 'test', reason: 'test' });
  const money = (amount: bigint) => [{ currency, amount: String(amount) }];
  const refused = await takeBack({ characterId, money: money(30n) });
  expect([refused.status, refused.body.code]).toEqual([409, 'custody.money_held']);
  const seconds = Number(refused.headers?.['retry-after']);
  expect(seconds).toBeGreaterThan(0);
  expect(seconds).toBeLessThanOrEqual(HOUR_MS / SECOND_MS);
  expect((await takeBack({ characterId, money: money(20n) })).body.state).toBe('DONE');
  expect((await takeBack({ characterId, money: money(90n) })).body.code).toBe('ledger.insufficient_funds');
});

it('tells the player what staff took and gave, and not who it was or why', async () => {
  const ana = await player(500n);
  const { characterId } = ana;
  const [itemId] = (await giveNew(world, characterId, cheap.id, 10)) as [ItemId];
  await takeBack({ characterId, items: [{ itemId, count: 4 }], money: [{ currency, amount: '200' }] });
  await give({ characterId, mint: [{ templateId: coat.id, count: 1 }] });
  const notices = await noticesOf(ana);
  expect(notices.toSorted((a: { code: string }, b: { code: string }) => (a.code < b.code ? 1 : -1))).toMatchObject([
    { code: 'custody.granted', text: `The staff of the game has given you: ${coat.name} ×1.` },
    { code: 'custody.clawed_back', params: { what: `${cheap.name} ×4, 200 Eddies` }, category: 'operator' },
  ]);
  const text = JSON.stringify(notices);
  expect([gm.accountId, reason].filter((secret) => text.includes(secret))).toEqual([]);
});

describe('money in a mail', () => {
  /** Two hundred in a mail to somebody, from the game. */
  async function paidByMail(to: PlayingActor, money = 200n): Promise<MailId> {
    const mailId = createId('mal');
    const id = createId('txn');
    const legs = [{ currency, from: 'system.faucet.quest', to: mailEscrow, amount: money } as const];
    await world.till.settle({ id, requestHash: id, kind: 'test', reason: 'test', legs, toldBy: 'caller' });
    const sentAtMs = world.clock.nowMs();
    const params = { subject: 'Parts', name: 'Nobody' };
    await commitInTest(
      systemMail({ mailId, to, template: 'mail.cod_paid', params, money, sentAtMs, transactionId: id }),
    );
    return mailId;
  }
  const take = (actor: PlayingActor, mailId: MailId, idempotencyKey = key()) =>
    world.call(takeMoneyHandler, takeMoney, { actor, params: { mailId }, idempotencyKey });
  const view = async (actor: PlayingActor, mailId: MailId) =>
    (await world.call(viewHandler, viewMail, { actor, params: { mailId } })).body;
  const escrowed = () => takenBy(world.till, (account) => account === mailEscrow);
  const inOrder = async () => expect(mailComplaints(await world.snapshot(), await escrowed())).toEqual([]);

  it('goes whole, and the mail shows it, of which nothing can be taken any more', async () => {
    const ana = await player(70n);
    const { characterId } = ana;
    const mailId = await paidByMail(ana);
    const once = key();
    const money = [{ currency, amount: '30' }];
    const done = await takeBack({ characterId, mails: [mailId, mailId], money }, once);
    expect(done.body, done.text).toMatchObject({ state: 'DONE', worth: '230', mails: [mailId, mailId], money });
    expect((await takeBack({ characterId, mails: [mailId, mailId], money }, once)).text).toBe(done.text);
    expect(await view(ana, mailId)).toMatchObject({ money: '0', moneyClawedBack: '200' });
    expect((await take(ana, mailId)).body.code).toBe('mail.nothing_to_take');
    expect((await takeBack({ characterId, mails: [mailId] })).body.code).toBe('custody.no_money_in_mail');
    expect(world.till.balances.get(characterId)).toBe(40n);
    expect(await noticesOf(ana)).toMatchObject([{ code: 'custody.clawed_back', params: { what: '230 Eddies' } }]);
    await inOrder();
  });

  it('is refused of other people’s mails, of such as have none, and beside things that lie elsewhere', async () => {
    const [ana, bob] = [await player(), await player()];
    const mailId = await paidByMail(ana);
    const sale = await sold(ana, 10);
    const taken = await paidByMail(ana);
    expect((await take(ana, taken)).status).toBe(200);
    const before = await world.snapshot();
    const codes = [
      await takeBack({ characterId: bob.characterId, mails: [mailId] }),
      await takeBack({ characterId: ana.characterId, mails: [createId('mal')] }),
      await takeBack({ characterId: ana.characterId, mails: [taken] }),
      await takeBack({ characterId: ana.characterId, mails: [mailId], items: [{ itemId: sale }] }),
    ].map(({ body }) => body.code);
    const none = 'custody.no_money_in_mail';
    expect(codes).toEqual([none, none, none, 'custody.apart_from_money']);
    expect(await world.snapshot()).toEqual(before);
  });

  it('stays in the mail when the ledger refuses what was to go with it', async () => {
    const ana = await player(10n);
    const { characterId } = ana;
    const mailId = await paidByMail(ana);
    const refused = await takeBack({ characterId, mails: [mailId], money: [{ currency, amount: '11' }] });
    expect(refused.body.code).toBe('ledger.insufficient_funds');
    expect(await view(ana, mailId)).toMatchObject({ money: '200' });
    await inOrder();
    expect((await take(ana, mailId)).status).toBe(200);
    expect(world.till.balances.get(characterId)).toBe(210n);
    await inOrder();
  });

  it('is kept for the act while the ledger does not answer, and the act’s repetition ends it', async () => {
    const ana = await player();
    const { characterId } = ana;
    const mailId = await paidByMail(ana);
    const once = key();
    const undo = useStepHook((name, run) => {
      if (name === 'settlement.decide') throw new Error('the ledger does not answer');
      return run();
    });
    expect((await takeBack({ characterId, mails: [mailId] }, once).finally(undo)).status).toBe(202);
    expect((await take(ana, mailId)).body.code).toBe('mail.busy');
    const other = await takeBack({ characterId, mails: [mailId] });
    expect([other.body.code, Number(other.headers?.['retry-after']) > 0]).toEqual(['custody.in_settlement', true]);
    expect((await takeBack({ characterId, mails: [mailId] }, once)).body.state).toBe('DONE');
    expect(await view(ana, mailId)).toMatchObject({ moneyClawedBack: '200' });
    await inOrder();
  });

  it('goes to one of those who reach for it at once: its owner or the staff', async () => {
    for (let round = 0; round < 5; round += 1) {
      const ana = await player();
      const { characterId } = ana;
      const mailId = await paidByMail(ana);
      const [mine, theirs] = await Promise.all([take(ana, mailId), takeBack({ characterId, mails: [mailId] })]);
      expect([mine.status, theirs.status].filter((status) => status === 200)).toHaveLength(1);
      expect(world.till.balances.get(characterId)).toBe(mine.status === 200 ? 200n : 0n);
      await inOrder();
    }
  });

  it('needs somebody else to agree where it is much, and goes as it is by then', async () => {
    const ana = await player();
    const mailId = await paidByMail(ana, 60_000n);
    const { body } = await takeBack({ characterId: ana.characterId, mails: [mailId] });
    expect(body).toMatchObject({ state: 'PROPOSED', worth: '60000', mails: [mailId] });
    const other = await world.stepUp(world.actor({ roles: ['player', 'gm'] }));
    const agree = () =>
      world.call(approveHandler, approveProposal, {
        actor: other,
        params: { actId: body.actId },
        idempotencyKey: key(),
      });
    expect((await agree()).body.state).toBe('DONE');
    expect(await view(ana, mailId)).toMatchObject({ money: '0', moneyClawedBack: '60000' });
    await inOrder();
  });
});
