import { describe, expect, it } from 'vitest';
import { pickUp } from '#functions/loot/contract.ts';
import { send } from '#functions/mail/contract.ts';
import { mailRules } from '#functions/mail/rules.ts';
import { getSettlement } from '#functions/settlement/contract.ts';
import { accept } from '#functions/trade/contract.ts';
import { buy } from '#functions/vendor/contract.ts';
import { descendantsOf } from '#scripts/chaos/processes.ts';
import type { ValueStores } from '#scripts/chaos/value-stores.ts';
import { Hunter } from '#scripts/journey/hunter.ts';
import { until } from '#scripts/journey/until.ts';
import type { TransactionId } from '#shared/kernel/ids.ts';
import { TAKE_OVER_AFTER_MS } from '#shared/settlement/sweep.ts';
import { codeOf, distinct, isDone } from './patiently.ts';
import { intoZoneOf } from './standing.ts';
import { Bargain } from './trading.ts';
import { type DupeWorld, freshKey } from './world.ts';

const VENDOR = 'brine-and-sons';
const DRONES = { npcKind: 'salvage-drone', grounds: [[115, 95]] } as const;
const SWEEPER = 'sweep-pending';

/** What dies in the midst of things. Whole processes die in `scripts/chaos`. */
export function describeCrashes(world: () => DupeWorld): void {
  describe('snapshot split (Minecraft realms, NebulaMC #1502): the zone forgets, what was got is there once', () => {
    it('loot that was taken is not in the drop again after the zone has died', async () => {
      const { bob, audit } = world();
      const { client } = await intoZoneOf(bob);
      const drop = await new Hunter(client).kill(DRONES);
      const params = { dropId: drop.dropId, slotIndex: String(drop.slots[0]!.slotIndex) };
      const had = (await bob.items()).reduce((sum, { count }) => sum + count, 0);
      const [same, different] = await Promise.all([
        bob.repeated(16, pickUp, { params }),
        bob.rivals(16, pickUp, { params }),
      ]);
      const { count } = JSON.parse([...same, ...different].find(isDone)!.text).item;
      // Either the one call that was repeated has it, or one of the others.
      const winners = different.filter(isDone).length + (isDone(same[0]!) ? 1 : 0);
      expect(winners).toBe(1);
      expect(distinct(same)).toHaveLength(1);
      killFleet();
      await until(
        'the body to come into the zone that has begun anew',
        async () => {
          return await intoZoneOf(bob).catch(() => undefined);
        },
        90_000,
      );
      const again = await bob.rivals(4, pickUp, { params });
      expect(again.filter(isDone)).toEqual([]);
      expect((await bob.items()).reduce((sum, item) => sum + item.count, 0)).toBe(had + count);
      await audit();
    });
  });

  describe('crash between two saves (opentibiabr/canary #468, OpenNos #1310, echoes #849)', () => {
    it('trade, mail and purchase whose worker is lost before the money moves end one way, by a repetition or by the sweeper', async () => {
      const { ana, bob, cyd, cyds, stores, addresses, cloud, audit } = world();
      await Promise.all([intoZoneOf(ana), intoZoneOf(bob)]);
      await cyd.play(cyds[0]);
      const [wafers] = await stores.giveItems(ana.characterId, ['logic-wafer', 5]);
      const [plates] = await stores.giveItems(cyds[0], ['ceramic-plate', 6]);
      await stores.giveMoney(ana.characterId, 12n);
      await stores.giveMoney(bob.characterId, 150n);
      await stores.giveMoney(cyds[0], mailRules.postage + 70n);
      const bargain = await Bargain.agreed(ana, bob, [{ items: [wafers!] }, { money: 150n }]);
      await bargain.accept(ana);
      const before = await Promise.all([ana, bob, cyd].map(({ characterId }) => stores.moneyOf(characterId)));

      const letter = { to: [{ characterId: cyds[1] }], subject: 'Late', body: 'but whole', money: '70' };
      const mail = { idempotencyKey: freshKey(), body: { ...letter, items: [{ itemId: plates! }] } };
      const spray = { templateId: 'stitch-spray', count: 1, unitPrice: '12' } as const;
      const purchase = { idempotencyKey: freshKey(), params: { vendorId: VENDOR }, body: spray };
      const last = { ...bargain.seen, idempotencyKey: freshKey() };

      // The ledger takes calls and does not answer: workers give up and leave it to others.
      const inDoubt = await whileLedgerHangs(stores, async () => {
        const answers = await Promise.all([cyd.once(send, mail), ana.once(buy, purchase), bob.once(accept, last)]);
        const held = (await stores.rows()).filter(({ holder }) => String(holder).startsWith('esc.'));
        expect(held.map(({ itemId }) => itemId)).toEqual(expect.arrayContaining([wafers, plates]));
        return answers;
      });
      expect(inDoubt.map(({ status, text }) => (status === 202 ? 202 : `${status} ${text}`))).toEqual([202, 202, 202]);

      // The mail is repeated by its sender, the others are left to the sweeper; then everybody asks again.
      const sent = await cyd.repeated(8, send, mail);
      expect(distinct(sent)).toHaveLength(1);
      await cloud.context.clock.advance(TAKE_OVER_AFTER_MS + 1_000);
      const { schedules } = (await (await fetch(`${addresses.controlUrl}/_local/schedules`)).json()) as {
        schedules: readonly { readonly name: string }[];
      };
      await cloud.dataPlane.runSchedule(schedules.find(({ name }) => name.includes(SWEEPER))!.name);
      await audit();
      const bought = await ana.repeated(8, buy, purchase);
      const traded = await bob.repeated(8, accept, last);
      expect(distinct(bought)).toHaveLength(1);
      expect(distinct(traded)).toHaveLength(1);
      const after = await Promise.all([ana, bob, cyd].map(({ characterId }) => stores.moneyOf(characterId)));
      const wasTraded = isDone(traded[0]!) && JSON.parse(traded[0]!.text).state === 'COMPLETED';
      const wasSent = isDone(sent[0]!);
      expect(after[1]! - before[1]!).toBe(wasTraded ? -150n : 0n);
      expect(after[2]! - before[2]!).toBe(wasSent ? -(mailRules.postage + 70n) : 0n);
      expect(after[0]! - before[0]!).toBe((isDone(bought[0]!) ? -12n : 0n) + (wasTraded ? 150n : 0n));
      for (const answer of inDoubt.filter(({ status }) => status === 202)) {
        const { transactionId } = JSON.parse(answer.text) as { transactionId: TransactionId };
        const views = await Promise.all(
          [ana, bob, cyd].map((one) => one.send(getSettlement, { params: { transactionId } })),
        );
        const seen = views.filter(isDone).map(({ text }) => JSON.parse(text).status);
        expect(seen.filter((status) => !['DELIVERED', 'RETURNED'].includes(status))).toEqual([]);
        expect(views.filter((view) => !isDone(view)).map(codeOf)).not.toContain('');
      }
      await audit();
    });
  });
}

/** Runs something while no decision of the ledger can be made. */
async function whileLedgerHangs<T>(stores: ValueStores, run: () => Promise<T>): Promise<T> {
  const owner = await stores.ownerConnection();
  try {
    await owner.query('BEGIN');
    await owner.query('LOCK TABLE ledger.txn IN ACCESS EXCLUSIVE MODE');
    return await run();
  } finally {
    await owner.end();
  }
}

/** SIGKILL to the zone process of this test's own cloud, which starts it again. */
function killFleet(): void {
  const fleet = descendantsOf(process.pid).filter(
    ({ args }) => args.includes('dist/fleet/main.mjs') && !args.startsWith('/bin/sh'),
  );
  expect(fleet).toHaveLength(1);
  process.kill(fleet[0]!.pid, 'SIGKILL');
}
