import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sortContainer } from '#functions/inventory/contract-arrange.ts';
import { destroyItem, restoreItem } from '#functions/inventory/contract-loss.ts';
import { list, send, takeAll, takeAttachment, takeMoney } from '#functions/mail/contract.ts';
import { mailRules } from '#functions/mail/rules.ts';
import { buy, buyBack, sell } from '#functions/vendor/contract.ts';
import type { MailId } from '#shared/kernel/ids.ts';
import { brokenOf, codeOf, distinct, isDone, tally } from './patiently.ts';
import { intoZoneOf, type Standing } from './standing.ts';
import type { DupeWorld } from './world.ts';

const VENDOR = 'brine-and-sons';
const SPRAY = { templateId: 'stitch-spray', count: 1, unitPrice: '12' } as const;
const AT_ONCE = [2, 16, 64];

/** Buttons that are pressed many times at once, where money is moved. */
export function describeMoney(world: () => DupeWorld): void {
  describe('money', () => {
    afterEach(() => world().audit());

    describe('repeat packet in one tick (open-mt2, pickup idempotency: gold multiplied, rows doubled)', () => {
      let ana: Standing;
      beforeAll(async () => {
        ana = await intoZoneOf(world().ana);
      });

      it.each(AT_ONCE)('one purchase sent %i times at once is paid once and delivered once', async (times) => {
        const { stores, ana: player } = world();
        await stores.giveMoney(player.characterId, 1_000n);
        const before = await stores.moneyOf(player.characterId);
        const had = await player.countOf('stitch-spray');
        const answers = await player.repeated(times, buy, { params: { vendorId: VENDOR }, body: SPRAY });
        expect(distinct(answers)).toHaveLength(1);
        expect(answers[0]).toMatchObject({ status: 200 });
        expect(before - (await stores.moneyOf(player.characterId))).toBe(12n);
        expect(await player.countOf('stitch-spray')).toBe(had + 1);
      });

      it.each(AT_ONCE)('of %i purchases at once only so many are made as there is money for', async (times) => {
        const { stores, ana: player } = world();
        await emptyPurse(world());
        const affordable = times / 2;
        await stores.giveMoney(player.characterId, 12n * BigInt(affordable) + 11n);
        const had = await player.countOf('stitch-spray');
        const answers = await player.rivals(times, buy, { params: { vendorId: VENDOR }, body: SPRAY });
        const done = answers.filter(isDone).length;
        expect(brokenOf(answers)).toEqual([]);
        expect(done).toBeLessThanOrEqual(affordable);
        expect(await stores.moneyOf(player.characterId)).toBe(12n * BigInt(affordable - done) + 11n);
        expect(await player.countOf('stitch-spray')).toBe(had + done);
        // Purchases join no stacks.
        await player.must(sortContainer, { body: { container: 'bag' } });
      });

      it.each([2, 16])('an item that is sold %i times at once is paid for once', async (times) => {
        const { stores, ana: player } = world();
        const [itemId] = await stores.giveItems(player.characterId, ['servo-joint', 5]);
        const before = await stores.moneyOf(player.characterId);
        const body = { itemId: itemId!, version: 1 };
        const answers = await player.rivals(times, sell, { params: { vendorId: VENDOR }, body });
        expect(answers.filter(isDone)).toHaveLength(1);
        expect(brokenOf(answers)).toEqual([]);
        expect((await stores.moneyOf(player.characterId)) - before).toBe(40n);
        const again = await player.rivals(times, buyBack, { params: { vendorId: VENDOR, itemId: itemId! } });
        expect(again.filter(isDone)).toHaveLength(1);
        expect(await stores.moneyOf(player.characterId)).toBe(before);
      });

      it('all of it was played in the zone', () => expect(ana.client.isDead).toBe(false));
    });

    describe('repeat packet in one tick, by mail', () => {
      it.each([2, 16])('money and items in a mail that are taken %i times at once come once', async (times) => {
        const { stores } = world();
        for (const how of ['repeated', 'rivals'] as const) {
          const { mailId } = await mailToOneself(world(), { money: '500', count: 7 });
          const { cyd } = world();
          const had = await cyd.countOf('polymer-resin');
          const before = await stores.moneyOf(cyd.characterId);
          const [byAll, byMoney, byItem] = await Promise.all([
            cyd[how](times / 2, takeAll, { params: { mailId }, body: {} }),
            cyd[how](times / 2, takeMoney, { params: { mailId } }),
            cyd[how](times / 2, takeAttachment, { params: { mailId, index: '0' }, body: {} }),
          ]);
          const answers = [...byAll, ...byMoney, ...byItem];
          expect(brokenOf(answers)).toEqual([]);
          expect(answers.some(isDone)).toBe(true);
          // Whatever was answered: what the mail holds has come once, or waits in it.
          await cyd.send(takeAll, { params: { mailId }, body: {} });
          expect((await stores.moneyOf(cyd.characterId)) - before).toBe(500n);
          expect(await cyd.countOf('polymer-resin')).toBe(had + 7);
        }
      });

      it.each(AT_ONCE)('a mail that is sent %i times at once by one key is posted once', async (times) => {
        const { stores, cyd, cyds } = world();
        await cyd.play(cyds[0]);
        await stores.giveMoney(cyds[0], 1_000n);
        const [itemId] = await stores.giveItems(cyds[0], ['logic-wafer', 9]);
        const before = await stores.moneyOf(cyds[0]);
        const body = { ...letterTo(cyds[1]), items: [{ itemId: itemId!, count: 4 }], money: '100' };
        const answers = await cyd.repeated(times, send, { body });
        expect(distinct(answers)).toHaveLength(1);
        expect(answers[0]).toMatchObject({ status: 201 });
        expect(before - (await stores.moneyOf(cyds[0]))).toBe(100n + mailRules.postage);
        expect((await cyd.items()).find((item) => item.itemId === itemId)).toMatchObject({ count: 5 });
      });

      it('one stack that is mailed 16 times at once goes no further than it reaches', async () => {
        const { stores, cyd, cyds } = world();
        await cyd.play(cyds[0]);
        await stores.giveMoney(cyds[0], 2_000n);
        const [itemId] = await stores.giveItems(cyds[0], ['ceramic-plate', 10]);
        const body = { ...letterTo(cyds[1]), items: [{ itemId: itemId!, count: 4 }] };
        const answers = await cyd.rivals(16, send, { body });
        const done = answers.filter(isDone).length;
        expect(done).toBeLessThanOrEqual(2);
        expect(brokenOf(answers)).toEqual([]);
        expect(await cyd.countOf('ceramic-plate')).toBe(10 - 4 * done);
      });
    });

    describe('COD and fee not paid (L4G #3564)', () => {
      it('what cannot be paid for is not handed out, however often it is asked for', async () => {
        const { stores, cyd, cyds } = world();
        const { mailId } = await mailToOneself(world(), { cod: '700', count: 3 });
        const had = await cyd.countOf('polymer-resin');
        await emptyPurse(world(), cyds[1]);
        await stores.giveMoney(cyds[1], 699n);
        const body = { cod: '700' };
        const answers = await cyd.rivals(16, takeAll, { params: { mailId }, body });
        // Where one is being decided the others are told so.
        expect(answers.map(codeOf).filter((code) => code !== 'mail.busy')).toContain('ledger.insufficient_funds');
        expect(answers.filter(isDone)).toEqual([]);
        for (const wrong of [{}, { cod: '1' }, { cod: '699' }, { cod: '701' }]) {
          const answer = await cyd.send(takeAll, { params: { mailId }, body: wrong });
          expect(codeOf(answer)).toBe('mail.cod_unpaid');
        }
        expect(await cyd.countOf('polymer-resin')).toBe(had);
        expect(await stores.moneyOf(cyds[1])).toBe(699n);
      });

      it.each([2, 16])('%i who pay at once pay once, and the sender gets it once', async (times) => {
        const { stores, cyd, cyds } = world();
        const { mailId } = await mailToOneself(world(), { cod: '700', count: 3 });
        const had = await cyd.countOf('polymer-resin');
        await emptyPurse(world(), cyds[1]);
        await stores.giveMoney(cyds[1], 1_500n);
        const body = { cod: '700' };
        const [all, one] = await Promise.all([
          cyd.rivals(times / 2, takeAll, { params: { mailId }, body }),
          cyd.rivals(times / 2, takeAttachment, { params: { mailId, index: '0' }, body }),
        ]);
        expect(brokenOf([...all, ...one])).toEqual([]);
        expect([...all, ...one].some(isDone)).toBe(true);
        expect(await cyd.countOf('polymer-resin')).toBe(had + 3);
        expect(await stores.moneyOf(cyds[1])).toBe(800n);
      });

      it('a mail whose postage cannot be paid is not sent, and nothing leaves', async () => {
        const { stores, cyd, cyds } = world();
        await cyd.play(cyds[0]);
        await emptyPurse(world(), cyds[0]);
        await stores.giveMoney(cyds[0], 129n);
        const [itemId] = await stores.giveItems(cyds[0], ['optic-bundle', 2]);
        const body = { ...letterTo(cyds[1]), items: [{ itemId: itemId! }], money: '100' };
        const answers = Object.keys(tally(await cyd.rivals(8, send, { body })));
        // While one waits for the ledger's refusal the bundle is in its hands, and the others do not find it.
        expect(['409 ledger.insufficient_funds', '404 inventory.item_not_found']).toEqual(
          expect.arrayContaining(answers),
        );
        expect(answers).toContain('409 ledger.insufficient_funds');
        expect(await stores.moneyOf(cyds[0])).toBe(129n);
        expect((await cyd.items()).find((item) => item.itemId === itemId)).toMatchObject({ count: 2 });
      });
    });

    describe('stale handle (Topaz #1146, shop appraisal slot; #849, bazaar and trade)', () => {
      it('what was had back once is not had back again', async () => {
        const { stores, cyd, cyds } = world();
        await cyd.play(cyds[0]);
        const [itemId] = await stores.giveItems(cyds[0], ['fusion-bead', 2]);
        await cyd.must(destroyItem, { params: { itemId: itemId! }, body: { confirm: 'fusion-bead' } });
        const answers = await cyd.rivals(16, restoreItem, { params: { itemId: itemId! } });
        expect(answers.filter(isDone)).toHaveLength(1);
        expect(brokenOf(answers)).toEqual([]);
        expect((await cyd.items()).filter((item) => item.itemId === itemId)).toMatchObject([{ count: 2 }]);
        expect(isDone(await cyd.send(restoreItem, { params: { itemId: itemId! } }))).toBe(false);
      });

      it('an item that has changed since it was seen is not sold as it was', async () => {
        const { stores, ana } = world();
        const [itemId] = await stores.giveItems(ana.characterId, ['servo-joint', 9]);
        await ana.must(destroyItem, { params: { itemId: itemId! }, body: { count: 8 } });
        const body = { itemId: itemId!, version: 1 };
        const answer = await ana.send(sell, { params: { vendorId: VENDOR }, body });
        expect(codeOf(answer)).toBe('inventory.item_changed');
      });
    });
  });
}

const letterTo = (characterId: DupeWorld['cyds'][0]) => ({
  to: [{ characterId }],
  subject: 'For you',
  body: 'Take it',
});

/** Takes everything that a character has. */
async function emptyPurse({ stores, ana }: DupeWorld, owner = ana.characterId): Promise<void> {
  const left = await stores.moneyOf(owner);
  if (left > 0n) await stores.takeMoney(owner, left);
}

/** Cyd's first character sends something to her second one, which she plays from then on. */
async function mailToOneself(
  { stores, cyd, cyds }: DupeWorld,
  { count, ...what }: { readonly count: number; readonly money?: string; readonly cod?: string },
): Promise<{ readonly mailId: MailId }> {
  await cyd.play(cyds[0]);
  await stores.giveMoney(cyds[0], mailRules.postage + BigInt(what.money ?? 0));
  const [itemId] = await stores.giveItems(cyds[0], ['polymer-resin', count]);
  const sent = await cyd.must(send, { body: { ...letterTo(cyds[1]), items: [{ itemId: itemId! }], ...what } });
  await cyd.play(cyds[1]);
  await cyd.must(list, { query: {} });
  return { mailId: sent.mails[0].mailId };
}
