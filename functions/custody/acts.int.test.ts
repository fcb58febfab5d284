import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { items } from '#content/items.ts';
import { qualityRank } from '#content/quality.ts';
import { equipItem } from '#functions/inventory/contract-equipment.ts';
import { handler as equipHandler } from '#functions/inventory/endpoints/equip-item.ts';
import { gearOf, itemById, itemsHeldBy, itemsOf } from '#functions/inventory/public.ts';
import { containerSlots } from '#functions/inventory/rules.ts';
import { initialProgression } from '#functions/progression/public.ts';
import { DAY_MS, MINUTE_MS } from '#shared/kernel/clock.ts';
import { type CharacterId, createId, type ItemId } from '#shared/kernel/ids.ts';
import { useStepHook } from '#shared/kernel/step.ts';
import type { Actor } from '#shared/runtime/invocation.ts';
import { itemComplaints } from '#shared/testing/item-audit.ts';
import { commitInTest, playingCharacter } from '#shared/testing/test-character.ts';
import { giveNew } from '#shared/testing/test-owner.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { approveProposal, clawBack, grant, listActs, listProposals, rejectProposal } from './contract-acts.ts';
import { viewLog } from './contract-look.ts';
import { handler as approveHandler } from './endpoints/approve-proposal.ts';
import { handler as clawBackHandler } from './endpoints/claw-back.ts';
import { handler as grantHandler } from './endpoints/grant.ts';
import { handler as actsHandler } from './endpoints/list-acts.ts';
import { handler as proposalsHandler } from './endpoints/list-proposals.ts';
import { handler as rejectHandler } from './endpoints/reject-proposal.ts';
import { handler as logHandler } from './endpoints/view-log.ts';
import { actLimits } from './rules.ts';

const cheap = items.all.find(
  ({ maxStack, kind, quality }) => maxStack >= 100 && kind === 'material' && quality === 'common',
)!;
const coat = items.all.find(({ slot, bind, quality }) => slot === 'torso' && bind === 'none' && quality === 'common')!;
const legend = items.all.find(({ quality, maxStack }) => qualityRank(quality) === 4 && maxStack === 1)!;
const reason = 'Report 4711';
const LIMIT = actLimits.aloneInADay;
/** Each member of staff begins the day anew. */
const staffMember = async (...roles: ('gm' | 'admin')[]) => world.stepUp(world.actor({ roles: ['player', ...roles] }));

let world: TestWorld;
let gm: Actor;
let other: Actor;
beforeAll(async () => {
  world = await startTestWorld();
});
beforeEach(async () => {
  world.clock.advance(MINUTE_MS);
  gm = await staffMember('gm');
  other = await staffMember('admin');
});
afterAll(async () => {
  const complaints = itemComplaints(await world.snapshot());
  await world.stop();
  expect(complaints).toEqual([]);
});

const key = () => createId('opr');
const takeBack = (body: object, actor = gm, idempotencyKey = key()) =>
  world.call(clawBackHandler, clawBack, { actor, body: { reason, ...body }, idempotencyKey });
const give = (body: object, actor = gm, idempotencyKey = key()) =>
  world.call(grantHandler, grant, { actor, body: { reason, ...body }, idempotencyKey });
const agree = (actId: string, actor = other, idempotencyKey = key()) =>
  world.call(approveHandler, approveProposal, { actor, params: { actId }, idempotencyKey });
const refuse = (actId: string, actor = other) =>
  world.call(rejectHandler, rejectProposal, { actor, params: { actId }, body: { reason }, idempotencyKey: key() });
const open = async () =>
  (await world.call(proposalsHandler, listProposals, { actor: gm })).body.proposals.map(
    ({ actId }: { actId: string }) => actId,
  );
const actsOn = (owner: string, query: Record<string, string> = {}) =>
  world.call(actsHandler, listActs, { actor: gm, params: { owner }, query });
const logOf = async (subject: string) =>
  (await world.call(logHandler, viewLog, { actor: gm, params: { subject } })).body.entries;
const told = async (name: string, actId: string) => {
  await world.deliver();
  return world.events.filter((one) => one.name === name && one.aggregateId === actId);
};
const money = (amount: bigint | string, currency = 'eddies') => [{ currency, amount: String(amount) }];
const has = (characterId: CharacterId) => world.till.balances.get(characterId);

async function player(eddies = 0n) {
  const actor = await playingCharacter(world);
  const { accountId, characterId } = actor;
  await commitInTest(initialProgression({ accountId, characterId, classId: 'gunhand' }).changes);
  if (eddies > 0n) world.till.balances.set(characterId, eddies);
  return { actor, accountId, characterId };
}

/** Sends what must be refused with this code, and checks that it changed nothing. */
async function expectRefusal(send: () => Promise<{ body: { code: string } }>, code: string) {
  const before = await world.snapshot();
  expect((await send()).body.code).toBe(code);
  expect(await world.snapshot()).toEqual(before);
}

describe('a claw-back', () => {
  it('takes items and money into sinks, tells of it, and is on record', async () => {
    const { characterId, accountId } = await player(500n);
    const [itemId] = (await giveNew(world, characterId, cheap.id, 10)) as [ItemId];
    const { status, body } = await takeBack({ characterId, items: [{ itemId, count: 4 }], money: money(200n) });
    expect([status, body]).toMatchObject([200, { state: 'DONE', kind: 'claw-back', accountId, by: gm.accountId }]);
    expect(has(characterId)).toBe(300n);
    expect(await itemById(itemId)).toMatchObject({ holder: characterId, count: 6 });
    const [event] = await told('VALUE_CLAWED_BACK', body.actId);
    expect(event).toMatchObject({
      data: { items: [{ templateId: cheap.id, count: 4 }], money: money(200n), by: gm.accountId },
    });
    const taken = (event!.data as { items: { itemId: ItemId }[] }).items[0]!.itemId;
    expect(await itemById(taken)).toMatchObject({ holder: 'sink.clawback', count: 4 });
    expect(await logOf(characterId)).toMatchObject([{ action: 'claw-back', reason, staffId: gm.accountId }]);
    expect((await actsOn(characterId)).body.acts).toMatchObject([{ actId: body.actId, state: 'DONE' }]);
  });

  it('takes what is bound, and what is worn: it gives no stats any more', async () => {
    const { actor, characterId } = await player();
    const [worn] = (await giveNew(world, characterId, coat.id)) as [ItemId];
    await world.call(equipHandler, equipItem, { actor, params: { itemId: worn }, body: {}, idempotencyKey: key() });
    const before = await gearOf(characterId, world.clock.nowMs());
    await expectRefusal(
      () => takeBack({ characterId, items: [{ itemId: worn }], money: money(1n) }),
      'custody.worn_with_money',
    );
    expect((await takeBack({ characterId, items: [{ itemId: worn }] })).body.state).toBe('DONE');
    expect(await itemById(worn)).toMatchObject({ holder: 'sink.clawback' });
    expect(await gearOf(characterId, world.clock.nowMs())).not.toEqual(before);
    const [again] = (await giveNew(world, characterId, coat.id)) as [ItemId];
    const reply = await world.call(equipHandler, equipItem, {
      ...{ actor, params: { itemId: again }, body: {}, idempotencyKey: key() },
    });
    expect(reply.status).toBe(200);
  });

  it('takes parts of as many things as one request may name, and money', async () => {
    const { characterId } = await player(500n);
    const named: { itemId: ItemId; count: number }[] = [];
    for (let index = 0; index < actLimits.items; index += 1) {
      const [itemId] = (await giveNew(world, characterId, cheap.id, 5)) as [ItemId];
      named.push({ itemId, count: 2 });
    }
    const { body } = await takeBack({ characterId, items: named, money: money(200n) });
    expect(body.state).toBe('DONE');
    const left = (await itemsOf(characterId)).filter(({ templateId }) => templateId === cheap.id);
    expect(left.map(({ count }) => count)).toEqual(named.map(() => 3));
    const [event] = await told('VALUE_CLAWED_BACK', body.actId);
    expect((event!.data as { items: unknown[] }).items).toHaveLength(actLimits.items);
  });

  it('is done once, however often it is sent, and answers the same bytes', async () => {
    const { characterId } = await player(100n);
    const once = key();
    const first = await takeBack({ characterId, money: money(30n) }, gm, once);
    expect((await takeBack({ characterId, money: money(30n) }, gm, once)).text).toBe(first.text);
    expect((await takeBack({ characterId, money: money(31n) }, gm, once)).body.code).toBe(
      'request.idempotency_mismatch',
    );
    expect(has(characterId)).toBe(70n);
  });

  it('moves nothing when the money is not there, and says so on record', async () => {
    const { characterId } = await player(10n);
    const [itemId] = (await giveNew(world, characterId, cheap.id, 10)) as [ItemId];
    const reply = await takeBack({ characterId, items: [{ itemId }], money: money(11n) });
    expect([reply.status, reply.body.code]).toEqual([409, 'ledger.insufficient_funds']);
    expect(await itemById(itemId)).toMatchObject({ holder: characterId, count: 10 });
    expect(has(characterId)).toBe(10n);
    expect((await actsOn(characterId)).body.acts).toMatchObject([
      { state: 'FAILED', code: 'ledger.insufficient_funds' },
    ]);
  });

  it('takes nothing from others, nothing twice, nothing from oneself, and not nothing', async () => {
    const [{ characterId }, stranger] = [await player(), await player()];
    const [itemId] = (await giveNew(world, stranger.characterId, cheap.id, 10)) as [ItemId];
    const [own] = (await giveNew(world, characterId, cheap.id, 10)) as [ItemId];
    const twice = [
      { itemId: own, count: 6 },
      { itemId: own, count: 6 },
    ];
    await expectRefusal(() => takeBack({ characterId, items: [{ itemId }] }), 'custody.item_elsewhere');
    await expectRefusal(() => takeBack({ characterId, items: twice }), 'custody.not_enough');
    await expectRefusal(() => takeBack({ characterId }), 'custody.nothing_asked');
    await expectRefusal(() => takeBack({ characterId: createId('chr'), money: money(1n) }), 'custody.not_found');
    await expectRefusal(() => takeBack({ characterId, money: money(1n, 'moonstones') }), 'ledger.unknown_currency');
    await expectRefusal(() => takeBack({ characterId, money: money(1n, 'crew-marks') }), 'ledger.wrong_scope');
    const self = await world.stepUp(world.actor({ accountId: stranger.accountId, roles: ['player', 'gm'] }));
    const ownAct = { characterId: stranger.characterId, items: [{ itemId }] };
    expect((await takeBack(ownAct, self)).body.code).toBe('custody.own_character');
  });

  it('is not for players nor moderators, nor without a second factor', async () => {
    const { characterId, actor } = await player(10n);
    const moderator = await world.stepUp(world.actor({ roles: ['player', 'moderator'] }));
    for (const one of [await world.stepUp(actor), moderator]) {
      expect((await takeBack({ characterId, money: money(1n) }, one)).body.code).toBe('auth.forbidden');
    }
    const fresh = world.actor({ roles: ['player', 'gm'] });
    expect((await takeBack({ characterId, money: money(1n) }, fresh)).body.code).toBe('auth.step_up_required');
    const weak = await world.stepUp(world.actor({ roles: ['player', 'gm'] }), 'password');
    expect((await takeBack({ characterId, money: money(1n) }, weak)).body.code).toBe('auth.second_factor_required');
    expect(has(characterId)).toBe(10n);
  });
});

describe('a grant', () => {
  it('makes things and pays, of the account too', async () => {
    const { characterId, accountId } = await player();
    const both = [...money(5n), ...money(7n, 'neon-tokens')];
    const { body } = await give({ characterId, mint: [{ templateId: cheap.id, count: 12 }], money: both });
    expect(body).toMatchObject({ state: 'DONE', kind: 'grant' });
    expect((await itemsOf(characterId)).filter(({ templateId }) => templateId === cheap.id)).toMatchObject([
      { count: 12, origin: 'staff' },
    ]);
    expect(has(characterId)).toBe(5n);
    expect(await world.till.balancesOf(accountId)).toMatchObject([{ currency: 'neon-tokens', posted: 7n }]);
    expect(await told('VALUE_GRANTED', body.actId)).toHaveLength(1);
  });

  it('gives back what was clawed back, with its whole history', async () => {
    const { characterId } = await player();
    const [itemId] = (await giveNew(world, characterId, coat.id)) as [ItemId];
    await takeBack({ characterId, items: [{ itemId }] });
    expect((await give({ characterId, restore: [{ itemId }] })).body.state).toBe('DONE');
    expect(await itemById(itemId)).toMatchObject({ holder: characterId, container: 'bag', ver: 3 });
    await expectRefusal(() => give({ characterId, restore: [{ itemId }] }), 'custody.item_elsewhere');
  });

  it('sends by mail what finds no room', async () => {
    const { characterId } = await player();
    const held = (await itemsOf(characterId)).filter(({ container }) => container === 'bag').length;
    for (let free = containerSlots.bag - held; free > 0; free -= 1) await giveNew(world, characterId, coat.id);
    const { body } = await give({ characterId, mint: [{ templateId: coat.id, count: 2 }] });
    const [event] = await told('VALUE_GRANTED', body.actId);
    const ids = (event!.data as { items: { itemId: ItemId }[] }).items.map(({ itemId }) => itemId);
    const holders = await Promise.all(ids.map(async (itemId) => (await itemById(itemId))!.holder));
    expect(new Set(holders).size).toBe(1);
    expect(holders[0]).toMatch(/^mail\.mal_/);
    expect(await itemsHeldBy(holders[0]!, 9)).toHaveLength(2);
    expect(
      world.events.find(
        ({ name, data }) => name === 'MAIL_SENT' && `mail.${(data as { mailId: string }).mailId}` === holders[0],
      ),
    ).toBeDefined();
  });

  it('brings as much as one request may ask for to somebody whose bag is full', async () => {
    const { characterId } = await player();
    for (let free = containerSlots.bag; free > 0; free -= 1) await giveNew(world, characterId, coat.id);
    const mint = Array.from({ length: actLimits.items }, () => ({ templateId: coat.id, count: 1 }));
    const { body } = await give({ characterId, mint, money: money(9n) });
    expect(body.state).toBe('DONE');
    const [event] = await told('VALUE_GRANTED', body.actId);
    const { items: sent } = event!.data as { items: { itemId: ItemId }[] };
    const holders = await Promise.all(sent.map(async ({ itemId }) => (await itemById(itemId))!.holder));
    expect(holders.filter((holder) => holder.startsWith('mail.'))).toHaveLength(actLimits.items);
    expect(has(characterId)).toBe(9n);
  });

  it('makes no unknown things and no heaps of them', async () => {
    const { characterId } = await player();
    await expectRefusal(
      () => give({ characterId, mint: [{ templateId: 'moon-boots', count: 1 }] }),
      'custody.unknown_item',
    );
    await expectRefusal(() => give({ characterId, mint: [{ templateId: coat.id, count: 11 }] }), 'custody.too_much');
  });
});

describe('four eyes', () => {
  it('wait for somebody else above what one may move alone, and then it is done', async () => {
    const { characterId } = await player();
    const asked = await give({ characterId, money: money(LIMIT + 1n) });
    const { actId } = asked.body;
    expect([asked.status, asked.body.state, has(characterId)]).toEqual([200, 'PROPOSED', 0n]);
    expect(await open()).toContain(actId);
    expect(await told('VALUE_ACT_PROPOSED', actId)).toMatchObject([{ data: { worth: String(LIMIT + 1n) } }]);
    await expectRefusal(() => agree(actId, gm), 'custody.own_proposal');
    world.clock.advance(1_000);
    const done = await agree(actId);
    expect(done.body).toMatchObject({ state: 'DONE', by: gm.accountId, decidedBy: other.accountId });
    expect(has(characterId)).toBe(LIMIT + 1n);
    expect(await open()).not.toContain(actId);
    expect((await agree(actId)).body.code).toBe('custody.not_open');
    expect((await refuse(actId)).body.code).toBe('custody.not_open');
    expect(await told('VALUE_GRANTED', actId)).toMatchObject([
      { data: { by: gm.accountId, approvedBy: other.accountId } },
    ]);
    expect((await logOf(characterId)).map(({ action }: { action: string }) => action)).toEqual(['approve', 'propose']);
  });

  it('look at things of worth too, and move them from where they are by then', async () => {
    const { characterId } = await player();
    const [itemId] = (await giveNew(world, characterId, legend.id)) as [ItemId];
    const { actId, state } = (await takeBack({ characterId, items: [{ itemId }] })).body;
    expect(state).toBe('PROPOSED');
    expect(await itemById(itemId)).toMatchObject({ holder: characterId });
    expect((await agree(actId)).body.state).toBe('DONE');
    expect(await itemById(itemId)).toMatchObject({ holder: 'sink.clawback' });
  });

  it('sum up what one moves on a day, so that a large sum is not cut into small ones', async () => {
    const { characterId } = await player();
    const half = LIMIT / 2n;
    const replies = await Promise.all([1, 2, 3].map(() => give({ characterId, money: money(half) })));
    const states = replies.map(({ body }) => body.state).sort();
    expect(states).toEqual(['DONE', 'DONE', 'PROPOSED']);
    expect(has(characterId)).toBe(half * 2n);
    expect((await give({ characterId, money: money(1n) })).body.state).toBe('PROPOSED');
    world.clock.advance(DAY_MS);
    gm = await world.stepUp(gm);
    expect((await give({ characterId, money: money(1n) })).body.state).toBe('DONE');
  });

  it('agree once, of many at the same time', async () => {
    const { characterId } = await player();
    const { actId } = (await give({ characterId, money: money(LIMIT * 2n) })).body;
    const others = await Promise.all(Array.from({ length: 5 }, () => staffMember('gm')));
    const replies = await Promise.all(others.map((one) => agree(actId, one)));
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(has(characterId)).toBe(LIMIT * 2n);
  });

  it('reject, or take back what they proposed, for good', async () => {
    const { characterId } = await player();
    const proposed = async () => (await give({ characterId, money: money(LIMIT * 2n) })).body.actId;
    for (const by of [other, gm]) {
      const actId = await proposed();
      expect((await refuse(actId, by)).body).toMatchObject({ state: 'REJECTED', rejection: reason });
      expect(await told('VALUE_ACT_REJECTED', actId)).toHaveLength(1);
      expect((await agree(actId)).body.code).toBe('custody.not_open');
    }
    expect(has(characterId)).toBe(0n);
    expect((await agree(createId('cac'))).body.code).toBe('custody.not_found');
    expect((await refuse(createId('cac'))).body.code).toBe('custody.not_found');
  });

  it('have a week', async () => {
    const { characterId } = await player();
    const { actId } = (await give({ characterId, money: money(LIMIT * 2n) })).body;
    world.clock.advance(actLimits.proposalLifeMs);
    other = await world.stepUp(other);
    expect((await agree(actId)).body.code).toBe('custody.not_open');
    expect(await open()).not.toContain(actId);
    expect(has(characterId)).toBe(0n);
  });

  it('are not those of whom it is about', async () => {
    const { characterId, accountId } = await player();
    const { actId } = (await give({ characterId, money: money(LIMIT * 2n) })).body;
    const self = await world.stepUp(world.actor({ accountId, roles: ['player', 'gm'] }));
    expect((await agree(actId, self)).body.code).toBe('custody.own_character');
  });

  it('see how it ended when the ledger refuses it', async () => {
    const { characterId } = await player(10n);
    const { actId } = (await takeBack({ characterId, money: money(LIMIT * 2n) })).body;
    expect((await agree(actId)).body.code).toBe('ledger.insufficient_funds');
    expect((await actsOn(characterId)).body.acts).toMatchObject([
      { actId, state: 'FAILED', code: 'ledger.insufficient_funds' },
    ]);
  });
});

describe('with stores that fail', () => {
  it.each(['settlement.prepare', 'settlement.decide', 'settlement.end'])(
    'one and the same thing happens, whether the reply of %s was lost or not',
    async (failing) => {
      const { characterId } = await player(100n);
      const [itemId] = (await giveNew(world, characterId, cheap.id, 10)) as [ItemId];
      const once = key();
      const wanted = { characterId, items: [{ itemId }], money: money(40n) };
      let lost = 0;
      const undo = useStepHook(async (name, run) => {
        const answer = await run();
        if (name === failing && lost === 0) {
          lost += 1;
          throw new Error('the reply is lost');
        }
        return answer;
      });
      await takeBack(wanted, gm, once).finally(undo);
      const reply = await takeBack(wanted, gm, once);
      expect([lost, reply.status, reply.body.state]).toEqual([1, 200, 'DONE']);
      expect(has(characterId)).toBe(60n);
      expect(await itemById(itemId)).toMatchObject({ holder: 'sink.clawback', count: 10 });
      expect((await actsOn(characterId)).body.acts).toMatchObject([{ state: 'DONE' }]);
    },
  );
});
