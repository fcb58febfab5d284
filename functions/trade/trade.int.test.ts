import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { zones } from '#content/zones.ts';
import { defaultPrivacy } from '#functions/account/privacy.ts';
import { putPrivacy } from '#functions/account/store-choices.ts';
import { putBlock } from '#functions/friend/store-blocks.ts';
import { closeSession, getSession, stopPlaying } from '#functions/session/public.ts';
import { enterZone, leaveZone, pollCommands, type ZoneFence } from '#functions/zone/public.ts';
import { DAY_MS, SECOND_MS } from '#shared/kernel/clock.ts';
import { createId } from '#shared/kernel/ids.ts';
import { lambdaContext } from '#shared/testing/invocations.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { commit, give, ownZone, type Trader, trader } from '#shared/testing/traders.ts';
import { cancel, lock, setOffer, unlock, viewCurrent } from './contract.ts';
import { acceptRequest, declineRequest, listRequests, requestTrade } from './contract-requests.ts';
import { handler as acceptRequestHandler } from './endpoints/accept-request.ts';
import { handler as cancelHandler } from './endpoints/cancel.ts';
import { handler as declineHandler } from './endpoints/decline-request.ts';
import { handler as listRequestsHandler } from './endpoints/list-requests.ts';
import { handler as lockHandler } from './endpoints/lock.ts';
import { handler as requestHandler } from './endpoints/request-trade.ts';
import { handler as setOfferHandler } from './endpoints/set-offer.ts';
import { handler as unlockHandler } from './endpoints/unlock.ts';
import { handler as viewCurrentHandler } from './endpoints/view-current.ts';
import { handler as endDueHandler } from './jobs/end-due.ts';
import { endTradeByZone, obligationsOf } from './public.ts';
import { dailyAllowances, tradeLimits } from './rules.ts';

const terraces = zones.all[1]!.id;

let world: TestWorld;
let zone: ZoneFence;

beforeAll(async () => {
  world = await startTestWorld();
  zone = await ownZone();
});
afterAll(() => world.stop());

const ask = (actor: Trader, partner: { characterId: string } | { characterName: string }) =>
  world.call(requestHandler, requestTrade, {
    actor,
    body: 'characterName' in partner ? { characterName: partner.characterName } : { characterId: partner.characterId },
  });
const answer = (actor: Trader, tradeId: string) =>
  world.call(acceptRequestHandler, acceptRequest, { actor, params: { tradeId } });
const decline = (actor: Trader, tradeId: string) =>
  world.call(declineHandler, declineRequest, { actor, params: { tradeId } });
const offer = (actor: Trader, tradeId: string, items: readonly string[] = [], money: readonly object[] = []) =>
  world.call(setOfferHandler, setOffer, { actor, params: { tradeId }, body: { items, money } });
const lockOffer = (actor: Trader, tradeId: string, offerHash: string) =>
  world.call(lockHandler, lock, { actor, params: { tradeId }, body: { offerHash } });
const unlockOffer = (actor: Trader, tradeId: string) =>
  world.call(unlockHandler, unlock, { actor, params: { tradeId } });
const leave = (actor: Trader, tradeId: string) => world.call(cancelHandler, cancel, { actor, params: { tradeId } });
const currentOf = async (actor: Trader) => (await world.call(viewCurrentHandler, viewCurrent, { actor })).body.trade;
const requestsTo = async (actor: Trader) =>
  (await world.call(listRequestsHandler, listRequests, { actor })).body.requests;

interface Told {
  readonly tradeId: string;
  readonly state: string;
  readonly endReason?: string;
  readonly revision: number;
}

/** What a character was pushed about its trades: in the order of the changes, the trades in that of their beginning. */
async function toldTo({ characterId }: Trader): Promise<Told[]> {
  await world.deliver();
  return world.pushes
    .filter(({ destination }) => destination === `/topic/character/${characterId}/trade`)
    .map(({ body }) => (body as { trade: Told }).trade)
    .sort((a, b) => (a.tradeId === b.tradeId ? a.revision - b.revision : a.tradeId < b.tradeId ? -1 : 1));
}

async function pair(facts: Parameters<typeof trader>[2] = {}): Promise<[Trader, Trader]> {
  return [await trader(world, zone, facts), await trader(world, zone, facts)];
}

/** Two who are in an open trade. */
async function trading(facts: Parameters<typeof trader>[2] = {}) {
  const [ada, bea] = await pair(facts);
  const { tradeId } = (await ask(ada, bea)).body;
  const opened = await answer(bea, tradeId);
  expect(opened).toMatchObject({ status: 200, body: { state: 'OPEN' } });
  return { ada, bea, tradeId: tradeId as string };
}

describe('asking', () => {
  it('shows the request to both, and tells both', async () => {
    const [ada, bea] = await pair();
    const asked = await ask(ada, bea);
    expect(asked).toMatchObject({
      status: 200,
      body: {
        state: 'REQUESTED',
        asker: 'you',
        you: { characterId: ada.characterId, name: ada.name, items: [], money: [], value: '0' },
        partner: { characterId: bea.characterId, name: bea.name },
      },
    });
    expect(await currentOf(ada)).toMatchObject({ tradeId: asked.body.tradeId });
    expect(await currentOf(bea)).toBeUndefined();
    expect(await requestsTo(bea)).toMatchObject([{ tradeId: asked.body.tradeId, asker: 'partner' }]);
    expect(await toldTo(bea)).toMatchObject([{ state: 'REQUESTED' }]);
  });

  it('by name, and again, is the same request', async () => {
    const [ada, bea] = await pair();
    const first = await ask(ada, { characterName: bea.name.toUpperCase() });
    const second = await ask(ada, bea);
    expect(second).toMatchObject({ status: 200, body: { tradeId: first.body.tradeId, revision: 1 } });
  });

  it('of each other opens the trade at once', async () => {
    const [ada, bea] = await pair();
    const asked = await ask(ada, bea);
    const crossed = await ask(bea, ada);
    expect(crossed).toMatchObject({
      status: 200,
      body: { tradeId: asked.body.tradeId, state: 'OPEN', asker: 'partner' },
    });
  });

  it('of each other at one moment comes to one trade', async () => {
    const [ada, bea] = await pair();
    const replies = await Promise.all([ask(ada, bea), ask(bea, ada)]);
    expect(replies.map(({ status, body }) => [status, body.state]).sort()).toEqual([
      [200, 'OPEN'],
      [200, 'REQUESTED'],
    ]);
    const [first, second] = [await currentOf(ada), await currentOf(bea)];
    expect([first.state, second.state, first.tradeId]).toEqual(['OPEN', 'OPEN', second.tradeId]);
  });

  it('needs somebody else, whom there is, in the same realm', async () => {
    const [ada] = await pair();
    const missing = await ask(ada, { characterId: createId('chr') });
    expect(missing).toMatchObject({ status: 404, body: { code: 'trade.character_not_found' } });
    const otherRealm = await trader(world, zone, { realmId: 'ember-coast' });
    expect(await ask(ada, otherRealm)).toMatchObject({ status: 404, body: { code: 'trade.character_not_found' } });
    expect(await ask(ada, ada)).toMatchObject({ status: 422, body: { code: 'trade.same_account' } });
    const twin = await trader(world, zone, { accountId: ada.accountId });
    expect(await ask(ada, twin)).toMatchObject({ status: 422, body: { code: 'trade.same_account' } });
  });

  it.each([
    ['takes no invites', (bea: Trader) => [putPrivacy(bea.accountId, { ...defaultPrivacy, invites: 'nobody' })]],
    [
      'has blocked the asker',
      ({ accountId }: Trader, ada: Trader) =>
        putBlock({ accountId, otherId: ada.accountId, name: ada.name, sinceMs: 1 }),
    ],
  ] as const)('of who %s is answered like one of nobody', async (_what, refuse) => {
    const [ada, bea] = await pair();
    await commit({ writes: refuse(bea, ada) });
    const [refused, missing] = [await ask(ada, bea), await ask(ada, { characterId: createId('chr') })];
    expect([refused.status, refused.body.code, refused.body.detail]).toEqual([
      missing.status,
      missing.body.code,
      missing.body.detail,
    ]);
    expect(await toldTo(bea)).toEqual([]);
  });

  it('needs both to be in one zone', async () => {
    const [ada] = await pair();
    const nowhere = await trader(world, undefined);
    expect(await ask(ada, nowhere)).toMatchObject({ status: 409, body: { code: 'trade.not_together' } });
    expect(await ask(nowhere, ada)).toMatchObject({ status: 409, body: { code: 'trade.not_together' } });
    const elsewhere = await trader(world, await ownZone(terraces));
    expect(await ask(ada, elsewhere)).toMatchObject({ status: 409, body: { code: 'trade.not_together' } });
  });

  it('is one at a time, and not of who trades', async () => {
    const { ada, bea } = await trading();
    const cyd = await trader(world, zone);
    expect(await ask(ada, cyd)).toMatchObject({ status: 409, body: { code: 'trade.busy' } });
    expect(await ask(cyd, bea)).toMatchObject({ status: 409, body: { code: 'trade.partner_busy' } });
    const dov = await trader(world, zone);
    await ask(cyd, dov);
    expect(await ask(cyd, await trader(world, zone))).toMatchObject({ status: 409, body: { code: 'trade.busy' } });
  });

  it('runs out after a minute, for everybody', async () => {
    const [ada, bea] = await pair();
    const { tradeId } = (await ask(ada, bea)).body;
    world.clock.advance(tradeLimits.requestLifeMs);
    expect(await requestsTo(bea)).toEqual([]);
    expect(await currentOf(ada)).toBeUndefined();
    expect(await answer(bea, tradeId)).toMatchObject({ status: 404, body: { code: 'trade.request_not_found' } });
    expect((await ask(ada, bea)).status).toBe(200);
    expect((await toldTo(bea)).map(({ endReason }) => endReason)).toEqual([undefined, 'expired', undefined]);
  });
});

describe('answering', () => {
  it('opens the trade for both, and sets the zone on watching them', async () => {
    const [ada, bea] = await pair();
    const { tradeId } = (await ask(ada, bea)).body;
    expect(await answer(bea, tradeId)).toMatchObject({ status: 200, body: { state: 'OPEN', asker: 'partner' } });
    expect((await currentOf(ada)).tradeId).toBe(tradeId);
    expect((await currentOf(bea)).tradeId).toBe(tradeId);
    expect(await pollCommands(zone.zoneId)).toContainEqual(
      expect.objectContaining({
        kind: 'watch-pair',
        tradeId,
        characterIds: [ada.characterId, bea.characterId],
        rangeM: 11,
        expiresAtMs: world.clock.nowMs() + tradeLimits.totalMs,
      }),
    );
  });

  it('is for who was asked, once', async () => {
    const [ada, bea] = await pair();
    const cyd = await trader(world, zone);
    const { tradeId } = (await ask(ada, bea)).body;
    for (const other of [ada, cyd]) {
      expect(await answer(other, tradeId)).toMatchObject({ status: 404, body: { code: 'trade.request_not_found' } });
    }
    await answer(bea, tradeId);
    expect(await answer(bea, tradeId)).toMatchObject({ status: 404, body: { code: 'trade.request_not_found' } });
  });

  it('of two requests at one moment opens one', async () => {
    const [ada, bea] = await pair();
    const cyd = await trader(world, zone);
    const [first, second] = [(await ask(ada, cyd)).body.tradeId, (await ask(bea, cyd)).body.tradeId];
    const answers = await Promise.all([answer(cyd, first), answer(cyd, second)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  it('needs both to be where they were', async () => {
    const [ada, bea] = await pair();
    const { tradeId } = (await ask(ada, bea)).body;
    await leaveZone(zone, ada);
    await enterZone(zone, ada);
    expect(await answer(bea, tradeId)).toMatchObject({ status: 409, body: { code: 'trade.not_together' } });
    await leaveZone(zone, bea);
    expect(await answer(bea, tradeId)).toMatchObject({ status: 409, body: { code: 'trade.not_together' } });
  });

  it('by declining tells the asker, who may ask again a little later', async () => {
    const [ada, bea] = await pair();
    const { tradeId } = (await ask(ada, bea)).body;
    expect((await decline(bea, tradeId)).status).toBe(204);
    expect((await toldTo(ada)).at(-1)).toMatchObject({ state: 'CANCELLED', endReason: 'declined', endedBy: 'partner' });
    expect(await ask(ada, bea)).toMatchObject({ status: 409, body: { code: 'trade.asked_too_soon' } });
    world.clock.advance(tradeLimits.askAgainAfterMs);
    expect((await ask(ada, bea)).status).toBe(200);
  });
});

describe('offers', () => {
  it('are whole stacks of the bag, shown to both with their worth', async () => {
    const { ada, bea, tradeId } = await trading();
    const [scrap] = await give(world, ada, ['scrap-alloy', 40]);
    const mine = await offer(ada, tradeId, [scrap!]);
    expect(mine).toMatchObject({
      status: 200,
      body: {
        offerVersion: 2,
        valueGap: 'you_give_more',
        you: { value: '40', items: [{ itemId: scrap, templateId: 'scrap-alloy', quality: 'common', count: 40 }] },
      },
    });
    const theirs = await currentOf(bea);
    expect(theirs).toMatchObject({ valueGap: 'you_get_more', partner: { value: '40' } });
    expect(theirs.offerHash).toBe(mine.body.offerHash);
    expect((await toldTo(bea)).at(-1)).toEqual(theirs);
  });

  it('replace the offer before, and the same again changes nothing', async () => {
    const { ada, tradeId } = await trading();
    const [scrap, braid] = await give(world, ada, ['scrap-alloy', 4], ['copper-braid', 3]);
    const both = await offer(ada, tradeId, [scrap!, braid!]);
    const again = await offer(ada, tradeId, [braid!, scrap!]);
    expect(again.body.revision).toBe(both.body.revision);
    const less = await offer(ada, tradeId, [braid!]);
    expect(less.body).toMatchObject({ offerVersion: 3, you: { items: [{ itemId: braid }] } });
  });

  it('hold each item once, at most ten, that are one’s own, in the bag and free', async () => {
    const { ada, bea, tradeId } = await trading();
    const [scrap] = await give(world, ada, ['scrap-alloy', 40]);
    const [core, blade] = await give(world, ada, ['drone-memory-core', 1], ['first-light', 1]);
    const [theirs] = await give(world, bea, ['scrap-alloy', 1]);
    const refused = async (...items: string[]) => {
      const { status, body } = await offer(ada, tradeId, items);
      return [status, body.code];
    };
    expect(await refused(scrap!, scrap!)).toEqual([400, 'request.invalid']);
    expect(await refused(...Array.from({ length: 11 }, () => createId('itm')))).toEqual([400, 'request.invalid']);
    expect(await refused(theirs!)).toEqual([404, 'inventory.item_not_found']);
    expect(await refused(createId('itm'))).toEqual([404, 'inventory.item_not_found']);
    expect(await refused(core!)).toEqual([409, 'inventory.item_bound']);
    expect(await refused(blade!)).toEqual([409, 'inventory.item_bound']);
    expect(await currentOf(ada)).toMatchObject({ offerVersion: 1, you: { items: [] } });
  });

  it('are of no concern to others', async () => {
    const { tradeId } = await trading();
    const cyd = await trader(world, zone);
    const hash = 'x'.repeat(43);
    const calls = [
      await offer(cyd, tradeId),
      await lockOffer(cyd, tradeId, hash),
      await unlockOffer(cyd, tradeId),
      await leave(cyd, tradeId),
      await offer(cyd, createId('trd')),
    ];
    expect(calls.map(({ status, body }) => [status, body.code])).toEqual(calls.map(() => [404, 'trade.not_found']));
  });
});

describe('locking', () => {
  it('freezes what was seen, until the other side changes something', async () => {
    const { ada, bea, tradeId } = await trading();
    const [scrap] = await give(world, ada, ['scrap-alloy', 4]);
    const [braid] = await give(world, bea, ['copper-braid', 4]);
    const { offerHash } = (await offer(ada, tradeId, [scrap!])).body;
    expect(await lockOffer(ada, tradeId, offerHash)).toMatchObject({ status: 200, body: { you: { locked: true } } });
    expect(await offer(ada, tradeId)).toMatchObject({ status: 409, body: { code: 'trade.locked' } });
    const changed = await offer(bea, tradeId, [braid!]);
    expect(changed.body).toMatchObject({ you: { locked: false }, partner: { locked: false } });
    expect(await lockOffer(ada, tradeId, offerHash)).toMatchObject({
      status: 409,
      body: { code: 'trade.offer_changed' },
    });
    expect((await offer(ada, tradeId)).status).toBe(200);
  });

  it('can be taken back, which undoes the other’s too', async () => {
    const { ada, bea, tradeId } = await trading();
    const [scrap] = await give(world, ada, ['scrap-alloy', 4]);
    const { offerHash } = (await offer(ada, tradeId, [scrap!])).body;
    await lockOffer(ada, tradeId, offerHash);
    await lockOffer(bea, tradeId, offerHash);
    expect((await unlockOffer(ada, tradeId)).body).toMatchObject({
      you: { locked: false },
      partner: { locked: false },
    });
  });

  it('of nothing against nothing is refused', async () => {
    const { ada, tradeId } = await trading();
    const { offerHash } = await currentOf(ada);
    expect(await lockOffer(ada, tradeId, offerHash)).toMatchObject({
      status: 409,
      body: { code: 'trade.nothing_offered' },
    });
  });

  it('tells before anybody accepts whose bag has no room', async () => {
    const { ada, bea, tradeId } = await trading();
    const [one, two] = await give(world, ada, ['rebar-cleaver'], ['dockside-pistol']);
    await give(world, bea, ...Array.from({ length: 39 }, () => ['weld-torch'] as const));
    const { offerHash } = (await offer(ada, tradeId, [one!, two!])).body;
    const refusal = (side: string) => ({ status: 409, body: { code: 'trade.no_room', facts: { side, slots: 1 } } });
    expect(await lockOffer(ada, tradeId, offerHash)).toMatchObject(refusal('partner'));
    expect(await lockOffer(bea, tradeId, offerHash)).toMatchObject(refusal('you'));
  });

  it('counts what one gives as room for what one gets', async () => {
    const { ada, bea, tradeId } = await trading();
    const [one] = await give(world, ada, ['rebar-cleaver']);
    const torches = await give(world, bea, ...Array.from({ length: 40 }, () => ['weld-torch'] as const));
    await offer(ada, tradeId, [one!]);
    const { offerHash } = (await offer(bea, tradeId, [torches[0]!])).body;
    expect((await lockOffer(ada, tradeId, offerHash)).status).toBe(200);
  });

  it('of more than a new account may give away in a day is refused, and says when it may again', async () => {
    const { ada, bea, tradeId } = await trading({ ageMs: 0 });
    const rifles = await give(world, ada, ...Array.from({ length: 10 }, () => ['litany-rifle'] as const));
    const { offerHash } = (await offer(ada, tradeId, rifles)).body;
    const refused = await lockOffer(ada, tradeId, offerHash);
    expect(refused).toMatchObject({
      status: 409,
      body: { code: 'trade.daily_limit', facts: { limit: dailyAllowances[0].valueMinor.toString() } },
    });
    expect(Date.parse(refused.body.facts.resetsAt)).toBeGreaterThan(world.clock.nowMs());
    expect(Date.parse(refused.body.facts.resetsAt)).toBeLessThanOrEqual(
      world.clock.nowMs() + DAY_MS + 3_600 * SECOND_MS,
    );
    // Who gets it gives nothing away.
    expect((await lockOffer(bea, tradeId, offerHash)).status).toBe(200);
  });
});

describe('a trade ends', () => {
  const over = async (ada: Trader, bea: Trader, reason: string) => {
    expect(await currentOf(ada)).toBeUndefined();
    expect(await currentOf(bea)).toBeUndefined();
    for (const one of [ada, bea]) {
      expect((await toldTo(one)).at(-1)).toMatchObject({ state: 'CANCELLED', endReason: reason });
    }
    // Both are free for another trade.
    const cyd = await trader(world, zone);
    const dov = await trader(world, zone);
    for (const [one, other] of [
      [ada, cyd],
      [bea, dov],
    ] as const) {
      const asked = await ask(other, one);
      expect([200, 409]).toContain(asked.status);
      if (asked.status === 409) expect(asked.body.code).toBe('trade.not_together');
    }
  };

  it('when either wants it, once', async () => {
    const { ada, bea, tradeId } = await trading();
    expect((await leave(bea, tradeId)).status).toBe(204);
    expect((await leave(bea, tradeId)).status).toBe(204);
    expect((await toldTo(ada)).at(-1)).toMatchObject({ endReason: 'cancelled', endedBy: 'partner' });
    expect(await offer(ada, tradeId)).toMatchObject({
      status: 409,
      body: { code: 'trade.over', facts: { reason: 'cancelled' } },
    });
    await over(ada, bea, 'cancelled');
  });

  it('as a request, when the asker takes it back; who was asked declines instead', async () => {
    const [ada, bea] = await pair();
    const { tradeId } = (await ask(ada, bea)).body;
    expect((await leave(bea, tradeId)).status).toBe(404);
    expect((await leave(ada, tradeId)).status).toBe(204);
    await over(ada, bea, 'withdrawn');
  });

  it.each(['distance', 'combat', 'death'] as const)(
    'when the zone tells of %s, once, and only its owner',
    async (reason) => {
      const { ada, bea, tradeId } = await trading();
      const end = { tradeId: tradeId as ReturnType<typeof createId<'trd'>>, reason };
      await expect(endTradeByZone({ ...zone, epoch: zone.epoch - 1 }, end)).rejects.toMatchObject({
        code: 'zone.fenced',
      });
      expect(await currentOf(ada)).toBeDefined();
      await endTradeByZone({ ...zone, zoneId: terraces }, end);
      expect(await currentOf(ada)).toBeDefined();
      await endTradeByZone(zone, end);
      await endTradeByZone(zone, end);
      expect((await toldTo(ada)).filter(({ endReason }) => endReason === reason)).toHaveLength(1);
      await over(ada, bea, reason);
    },
  );

  it('when one leaves the world', async () => {
    const { ada, bea } = await trading();
    await leaveZone(zone, bea);
    await world.deliver({ twice: true });
    await over(ada, bea, 'left_world');
  });

  it('when one goes to another zone', async () => {
    const { ada, bea } = await trading();
    await enterZone(await ownZone(terraces), bea);
    await world.deliver();
    await over(ada, bea, 'zone_change');
  });

  it('when a session ends', async () => {
    const { ada, bea } = await trading();
    const session = await getSession(ada.sessionId);
    await commit(closeSession(session!, 'logout', world.clock.nowMs()));
    await world.deliver();
    expect(await currentOf(bea)).toBeUndefined();
    expect((await toldTo(bea)).at(-1)).toMatchObject({ state: 'CANCELLED', endReason: 'logout', endedBy: 'partner' });
  });

  it('when a session goes back to choosing a character', async () => {
    const { ada, bea } = await trading();
    const session = await getSession(bea.sessionId);
    await commit(stopPlaying(session!, world.clock.nowMs()));
    await world.deliver();
    expect((await toldTo(ada)).at(-1)).toMatchObject({ endReason: 'logout' });
  });

  it('not by news of an earlier session or stay', async () => {
    const [ada, bea] = await pair();
    await leaveZone(zone, ada);
    const before = await world.openSession(world.actor({ accountId: ada.accountId, characterId: ada.characterId }));
    await commit(closeSession((await getSession(before.sessionId))!, 'expired', world.clock.nowMs()));
    await enterZone(zone, ada);
    const { tradeId } = (await ask(ada, bea)).body;
    await answer(bea, tradeId);
    await world.deliver();
    expect(await currentOf(ada)).toMatchObject({ state: 'OPEN' });
  });

  it('when nobody does anything, told by the job', async () => {
    const { ada, bea, tradeId } = await trading();
    world.clock.advance(tradeLimits.idleMs);
    expect(await currentOf(ada)).toBeUndefined();
    await endDueHandler({}, lambdaContext());
    expect((await toldTo(ada)).at(-1)).toMatchObject({ endReason: 'idle' });
    expect(await offer(ada, tradeId)).toMatchObject({
      status: 409,
      body: { code: 'trade.over', facts: { reason: 'idle' } },
    });
    await over(ada, bea, 'idle');
  });

  it('when it takes too long, told by whoever looks first', async () => {
    const { ada, bea, tradeId } = await trading();
    const [scrap] = await give(world, ada, ['scrap-alloy', 4]);
    for (let spentMs = 0; spentMs < tradeLimits.totalMs; spentMs += tradeLimits.idleMs - SECOND_MS) {
      const isEven = (spentMs / (tradeLimits.idleMs - SECOND_MS)) % 2 === 0;
      expect((await offer(ada, tradeId, isEven ? [scrap!] : [])).status).toBe(200);
      world.clock.advance(tradeLimits.idleMs - SECOND_MS);
    }
    expect(await offer(bea, tradeId)).toMatchObject({
      status: 409,
      body: { code: 'trade.over', facts: { reason: 'timeout' } },
    });
    await over(ada, bea, 'timeout');
  });

  it('and until then keeps the character from being deleted', async () => {
    const { ada, tradeId } = await trading();
    expect(await obligationsOf(ada)).toEqual(['trade.open']);
    await leave(ada, tradeId);
    expect(await obligationsOf(ada)).toEqual([]);
  });
});

describe('races', () => {
  it('of changes on both sides come out one after the other', async () => {
    const { ada, bea, tradeId } = await trading();
    const [scrap] = await give(world, ada, ['scrap-alloy', 4]);
    const [braid] = await give(world, bea, ['copper-braid', 4]);
    const replies = await Promise.all([offer(ada, tradeId, [scrap!]), offer(bea, tradeId, [braid!])]);
    expect(replies.map(({ status }) => status)).toEqual([200, 200]);
    expect(await currentOf(ada)).toMatchObject({
      offerVersion: 3,
      you: { items: [{ itemId: scrap }] },
      partner: { items: [{ itemId: braid }] },
    });
  });

  it('of a lock with a change never lock what was not seen', async () => {
    const { ada, bea, tradeId } = await trading();
    const [scrap] = await give(world, ada, ['scrap-alloy', 4]);
    const [braid] = await give(world, bea, ['copper-braid', 4]);
    const { offerHash } = (await offer(ada, tradeId, [scrap!])).body;
    await Promise.all([lockOffer(ada, tradeId, offerHash), offer(bea, tradeId, [braid!])]);
    const after = await currentOf(ada);
    if (after.you.locked) expect(after.offerHash).toBe(offerHash);
    else expect(after.partner.items).toHaveLength(1);
  });
});
