import { SOFT_CURRENCY } from '#content/currencies.ts';
import { QUEST_COMPLETED } from '#events/quest.ts';
import { domains } from '#functions/domains.ts';
import { listInventory } from '#functions/inventory/contract.ts';
import { deposit } from '#functions/inventory/contract-arrange.ts';
import { pickUp } from '#functions/loot/contract.ts';
import { recordKill } from '#functions/loot/public.ts';
import { list, send, takeAll, takeMoney } from '#functions/mail/contract.ts';
import { sell } from '#functions/vendor/contract.ts';
import { payQuestReward } from '#functions/wallet/contract.ts';
import { readLease } from '#functions/zone/store-leases.ts';
import type { ValueStores } from '#scripts/chaos/value-stores.ts';
import type { Duper } from '#scripts/e2e/dupes/player.ts';
import { ZONE_ID } from '#scripts/e2e/hostile/hunt.ts';
import { event } from '#shared/events/changes.ts';
import { type AccountId, type CharacterId, createId, type ItemId } from '#shared/kernel/ids.ts';
import type { Random } from '#shared/kernel/random.ts';
import { agree } from './bargain.ts';

const VENDOR = 'brine-and-sons';
const GIVEN = 20_000n;
const PAYMENT = '100';
const PREY = { npcKind: 'salvage-drone', npcLevel: 1, spawnId: 'drones-slipway.1', x: 115, y: 95 } as const;
/** Beyond what the fleet counts in the life of a zone. */
const FIRST_KILL = 1_000_000;
/** Loot tables give as much as they can. */
const generous: Random = { int: (_min, max) => max };

export type Lane = 'items' | 'money' | 'both';

export interface LaneStage {
  readonly controlUrl: string;
  readonly stores: ValueStores;
  /** Writes to its own second character. */
  readonly mailer: Duper;
  readonly twin: CharacterId;
  /** Two who stand together in a zone. */
  readonly ana: Duper;
  readonly bob: Duper;
}

/** One kind of settlement: how to prepare it, and the call that settles, whose function is what is counted. */
export interface Kind {
  readonly name: string;
  readonly lane: Lane;
  /** The endpoint that settles; of a reaction the subscriber. */
  readonly settledBy: string;
  /** Nobody asks for it: an event brings it about. */
  readonly isReaction?: true;
  /** Functions that run at the same time for another reason. */
  readonly apart?: ReadonlySet<string>;
  /** Prepares one; answers what settles it. */
  readonly prepare: () => Promise<() => Promise<unknown>>;
}

/** What else reacts to the end of a quest. */
const otherReactions = new Set(
  domains
    .flatMap(({ subscribers = [] }) => subscribers)
    .filter(({ id, on }) => id !== payQuestReward.id && on.some(({ name }) => name === QUEST_COMPLETED.name))
    .map(({ id }) => id),
);

/** What is measured. */
export function kindsOf({ stores, mailer, twin, ana, bob }: LaneStage): readonly Kind[] {
  const first = mailer.characterId;
  const letter = { to: [{ characterId: twin }], subject: 'For my twin', body: 'Keep it safe' };
  /** Sends a letter from the first character; the second opens it. */
  const mailed = async (content: object) => {
    await mailer.play(first);
    await mailer.must(send, { body: { ...letter, ...content } });
    await mailer.play(twin);
    const { mails } = await mailer.must(list, { query: { limit: '20' } });
    const { mailId } = mails[0];
    return { params: { mailId } };
  };
  const wafers = async (count: number) => {
    const [itemId] = await stores.giveItems(first, ['logic-wafer', count]);
    return [{ itemId: itemId!, count }];
  };
  let traded: readonly ItemId[] = [];
  let isRich = false;
  const enrich = async () => {
    if (isRich) return;
    isRich = true;
    for (const owner of [first, twin, bob.characterId]) await stores.giveMoney(owner, GIVEN);
  };
  let kills = 0;
  return [
    {
      ...{ name: 'deposit in the bank', lane: 'items', settledBy: deposit.id },
      prepare: async () => {
        await mailer.play(first);
        const { itemId } = (await wafers(3))[0]!;
        return () => mailer.must(deposit, { params: { itemId }, body: {} });
      },
    },
    {
      ...{ name: 'take an item out of a mail', lane: 'items', settledBy: takeAll.id },
      prepare: async () => {
        await enrich();
        const call = await mailed({ items: await wafers(3) });
        return () => mailer.must(takeAll, { ...call, body: {} });
      },
    },
    {
      ...{ name: 'pick up loot of a kill', lane: 'items', settledBy: pickUp.id },
      prepare: async () => {
        const lease = await readLease(ZONE_ID);
        const { accountId } = ana.web;
        const { characterId } = ana;
        const killer = { accountId: accountId as AccountId, characterId, level: 1, damage: 100 };
        kills += 1;
        const killSeq = FIRST_KILL + kills;
        const kill = { ...PREY, killSeq, killedAtMs: Date.now(), combatId: createId('cbt'), claimants: [killer] };
        const [drop] = await recordKill({ ...lease!, zoneId: ZONE_ID }, kill, generous);
        const { dropId, slots } = drop!;
        return () => ana.must(pickUp, { params: { dropId, slotIndex: String(slots[0]!.slotIndex) } });
      },
    },
    {
      ...{ name: 'pay for a quest (no endpoint)', lane: 'money', settledBy: payQuestReward.id },
      ...{ isReaction: true, apart: otherReactions },
      prepare: async () => {
        const { accountId } = mailer.web;
        const currencies = [{ currency: SOFT_CURRENCY, amount: PAYMENT }];
        const told = event(QUEST_COMPLETED, {
          aggregateId: createId('opr'),
          aggregateSeq: 1,
          data: {
            ...{ accountId: accountId as AccountId, characterId: first, questId: 'seventeen-seconds' },
            rewards: { experience: 0, items: [], currencies },
          },
        });
        return () => stores.commit({ events: [told] });
      },
    },
    {
      ...{ name: 'send a letter: postage alone', lane: 'money', settledBy: send.id },
      prepare: async () => {
        await mailer.play(first);
        return () => mailer.must(send, { body: letter });
      },
    },
    {
      ...{ name: 'take money out of a mail', lane: 'money', settledBy: takeMoney.id },
      prepare: async () => {
        const call = await mailed({ money: PAYMENT });
        return () => mailer.must(takeMoney, call);
      },
    },
    {
      ...{ name: 'sell one thing to a vendor', lane: 'both', settledBy: sell.id },
      prepare: async () => {
        const [itemId] = await stores.giveItems(ana.characterId, ['ceramic-plate', 1]);
        const { items } = await ana.must(listInventory, { query: { container: 'bag', limit: '100' } });
        const { version } = items.find((one: { itemId: string }) => one.itemId === itemId);
        return () => ana.must(sell, { params: { vendorId: VENDOR }, body: { itemId: itemId!, version } });
      },
    },
    {
      ...{ name: 'pay a mail on delivery', lane: 'both', settledBy: takeAll.id },
      prepare: async () => {
        const call = await mailed({ items: await wafers(3), cod: PAYMENT });
        return () => mailer.must(takeAll, { ...call, body: { cod: PAYMENT } });
      },
    },
    {
      ...{ name: 'trade 6 items for money', lane: 'both', settledBy: 'trade.accept' },
      prepare: async () => {
        // Room for the next six.
        if (traded.length > 0) await stores.sinkItems(bob.characterId, traded);
        traded = await stores.giveItems(
          ana.characterId,
          ...Array.from({ length: 6 }, () => ['ceramic-plate', 5] as const),
        );
        return agree({ seller: ana, buyer: bob, itemIds: traded, price: 50n }, new Map());
      },
    },
  ];
}
