import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { items as itemTemplates } from '#content/items.ts';
import { GameError } from '#shared/contract/errors.ts';
import { type CharacterId, createId, deriveId, type ItemId } from '#shared/kernel/ids.ts';
import { Arrivals } from './arrivals.ts';
import { escrowHolder } from './holders.ts';
import { type ItemInstance, isHeld } from './item.ts';
import type { ItemLeg, MintLeg, MoveLeg } from './legs.ts';
import { type Bag, handsOf, MovePlan, nowhere, type Posting } from './plan.ts';
import { planEscrow, type StoredItems } from './plan-escrow.ts';
import { planTransfer } from './plan-transfer.ts';
import { BAG_SLOTS } from './rules.ts';

const single = itemTemplates.all.find(({ maxStack, bind }) => maxStack === 1 && bind === 'none')!;
const stackable = itemTemplates.all.find(({ maxStack, bind }) => maxStack >= 20 && bind === 'none')!;
const characters = ['ana', 'bob', 'cid'].map((name) => deriveId('chr', name)) as [
  CharacterId,
  CharacterId,
  CharacterId,
];

/** A table in miniature: what plans are applied to, with the conditions that their writes carry. */
class Shelf {
  readonly items = new Map<ItemId, ItemInstance>();
  readonly bags = new Map<CharacterId, Bag>();
  readonly postings: Posting[] = [];
  readonly pending = new Map<string, StoredItems>();
  minted = 0;

  bag(characterId: CharacterId): Bag {
    return this.bags.get(characterId) ?? { characterId, container: 'bag', taken: new Set(), ver: 0 };
  }

  plan(cause: string): MovePlan {
    return new MovePlan(
      { reason: 'test', cause, atMs: 1 },
      characters.map((characterId) => this.bag(characterId)),
    );
  }

  apply(plan: MovePlan): void {
    for (const { before, after } of plan.itemChanges) {
      const stored = this.items.get(after.itemId);
      expect(stored?.ver).toBe(before?.ver);
      this.items.set(after.itemId, after);
    }
    for (const bag of plan.bagChanges) this.bags.set(bag.characterId, { ...bag, ver: bag.ver + 1 });
    this.postings.push(...plan.postings);
  }

  transfer(cause: string, legs: readonly ItemLeg[]): void {
    const plan = this.plan(cause);
    const held = [...this.items.values()].filter(isHeld);
    planTransfer(plan, new Arrivals(plan), { items: this.items, held }, legs);
    this.apply(plan);
  }

  begin(cause: string, legs: readonly ItemLeg[]): void {
    const transactionId = deriveId('txn', cause);
    const plan = this.plan(transactionId);
    const stored = planEscrow(plan, new Arrivals(plan), this.items, transactionId, legs);
    this.apply(plan);
    this.pending.set(transactionId, JSON.parse(JSON.stringify(stored)) as StoredItems);
  }

  /** What the writes of an ending do: `deliveryWrites` and `returnWrites` are held against the table elsewhere. */
  end(transactionId: string, delivers: boolean): void {
    const { escrowed, promised, freeOnDelivery, freeOnReturn } = this.pending.get(transactionId)!;
    const post = (before: ItemInstance | undefined, after: ItemInstance, from: string) => {
      const { itemId, ver, templateId, holder: to, count } = after;
      const change = count - (before?.count ?? 0);
      const why = { reason: 'test', cause: transactionId, atMs: 2 };
      this.postings.push({ itemId, ver, templateId, from, to, count, change, ...why, ...handsOf(from, to) });
      this.items.set(itemId, after);
    };
    for (const { itemId, ver, to, home } of escrowed) {
      const before = this.items.get(itemId)!;
      expect([before.ver, before.holder]).toEqual([ver, escrowHolder(transactionId as never)]);
      post(before, { ...before, ...nowhere, ...(delivers ? to : home), ver: ver + 1 }, before.holder);
    }
    for (const { to, ...promise } of delivers ? promised : []) {
      expect(this.items.has(promise.itemId)).toBe(false);
      this.minted += promise.count;
      post(undefined, { ...promise, ...to, ver: 1, acquiredAtMs: 2 }, 'mint.test');
    }
    for (const { holder, slots } of delivers ? freeOnDelivery : freeOnReturn) {
      const bag = this.bag(holder as CharacterId);
      for (const slot of slots) expect(bag.taken.has(slot)).toBe(true);
      const taken = new Set([...bag.taken].filter((slot) => !slots.includes(slot)));
      this.bags.set(bag.characterId, { ...bag, taken, ver: bag.ver + 1 });
    }
    this.pending.delete(transactionId);
  }

  /** V1 of the design, for this shelf: nothing doubled, nothing lost, every chain whole, bags and items agree. */
  check(): void {
    const all = [...this.items.values()];
    expect(all.reduce((sum, { count }) => sum + count, 0)).toBe(this.minted);
    const places = all.filter(isHeld).map(({ holder, container, slot }) => `${holder}/${container}/${slot}`);
    expect(new Set(places).size).toBe(places.length);
    for (const item of all) {
      const chain = this.postings.filter(({ itemId }) => itemId === item.itemId);
      expect(chain.map(({ ver }) => ver)).toEqual(Array.from({ length: item.ver }, (_none, index) => index + 1));
      chain.slice(1).forEach(({ from }, index) => {
        expect(from).toBe(chain[index]!.to);
      });
      expect(chain.at(-1)).toMatchObject({ to: item.holder, count: item.count });
      expect(chain.reduce((sum, { change }) => sum + change, 0)).toBe(item.count);
      expect(item.count > 0 || item.holder === 'sink.merged').toBe(true);
      expect(item.count).toBeLessThanOrEqual(itemTemplates.get(item.templateId).maxStack);
    }
    for (const characterId of characters) {
      const reserved = [...this.pending.values()].flatMap(({ escrowed, promised }) =>
        [...escrowed.flatMap(({ home, to }) => [home, to]), ...promised.map(({ to }) => to)]
          .filter(({ holder }) => holder === characterId)
          .map(({ slot }) => slot!),
      );
      const held = all.filter((item) => isHeld(item) && item.holder === characterId).map(({ slot }) => slot!);
      expect(new Set([...held, ...reserved])).toEqual(new Set(this.bag(characterId).taken));
      expect(held.filter((slot) => reserved.includes(slot))).toEqual([]);
      expect([...this.bag(characterId).taken].every((slot) => slot >= 0 && slot < BAG_SLOTS)).toBe(true);
    }
  }
}

/** One act on the shelf; numbers choose among what is there. */
type Act =
  | { kind: 'mint'; who: number; isStack: boolean; count: number }
  | { kind: 'move' | 'begin'; gives: readonly { pick: number; count: number; to: number }[]; promises: number }
  | { kind: 'end'; pick: number; delivers: boolean };

const index = fc.nat({ max: 1_000 });
const gives = fc.array(fc.record({ pick: index, count: fc.integer({ min: 1, max: 30 }), to: index }), {
  minLength: 1,
  maxLength: 4,
});
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('mint' as const),
      who: index,
      isStack: fc.boolean(),
      count: fc.integer({ min: 1, max: 60 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('move' as const, 'begin' as const),
      gives,
      promises: fc.nat({ max: 2 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('end' as const), pick: index, delivers: fc.boolean() }) },
);

const destinationOf = (shelf: Shelf, to: number): MoveLeg['destination'] => {
  if (to % 7 === 0) return { to: 'sink', reason: 'destroyed' };
  if (to % 7 === 1) return { to: 'mail', mailId: deriveId('mal', shelf.postings.length) };
  return { to: 'character', characterId: characters[to % 3]!, overflow: 'refuse' };
};

function perform(shelf: Shelf, act: Act, turn: number): void {
  const held = [...shelf.items.values()].filter(({ holder, count }) => count > 0 && !holder.startsWith('sink.'));
  const movable = held.filter(({ holder }) => !holder.startsWith('esc.'));
  const mint = (who: number, isStack: boolean, count: number): MintLeg => ({
    kind: 'mint',
    templateId: (isStack ? stackable : single).id,
    count: isStack ? count : (count % 3) + 1,
    origin: 'test',
    source: [turn, who],
    destination: { to: 'character', characterId: characters[who % 3]!, overflow: 'refuse' },
  });
  switch (act.kind) {
    case 'mint': {
      const leg = mint(act.who, act.isStack, act.count);
      shelf.transfer(`act-${turn}`, [leg]);
      shelf.minted += leg.count;
      return;
    }
    case 'move':
    case 'begin': {
      const legs = act.gives.flatMap(({ pick, count, to }): ItemLeg[] => {
        const item = movable[pick % Math.max(1, movable.length)];
        if (!item) return [];
        return [{ kind: 'move', itemId: item.itemId, count, from: item.holder, destination: destinationOf(shelf, to) }];
      });
      const one = new Map(legs.map((leg) => [(leg as MoveLeg).itemId, leg]));
      if (act.kind === 'move') {
        shelf.transfer(`act-${turn}`, [...one.values()]);
        return;
      }
      const promises = Array.from({ length: act.promises }, (_none, who) => mint(who, true, 30));
      shelf.begin(`act-${turn}`, [...one.values(), ...promises]);
      return;
    }
    case 'end': {
      const open = [...shelf.pending.keys()];
      if (open.length > 0) shelf.end(open[act.pick % open.length]!, act.delivers);
    }
  }
}

describe('any sequence of moves, splits, merges and settlements', () => {
  it('conserves every amount, keeps chains whole and gives no slot twice', () => {
    fc.assert(
      fc.property(fc.array(act, { minLength: 1, maxLength: 60 }), (acts) => {
        const shelf = new Shelf();
        acts.forEach((one, turn) => {
          try {
            perform(shelf, one, turn);
          } catch (error) {
            if (!(error instanceof GameError)) throw error;
          }
          shelf.check();
        });
        for (const transactionId of [...shelf.pending.keys()]) shelf.end(transactionId, true);
        shelf.check();
      }),
      { numRuns: 200 },
    );
  });
});

describe('a move', () => {
  const [ana, bob] = characters;

  function stocked(...counts: readonly number[]): { readonly shelf: Shelf; readonly stacks: readonly ItemInstance[] } {
    const shelf = new Shelf();
    counts.forEach((count, turn) => {
      perform(shelf, { kind: 'mint', who: 0, isStack: true, count }, turn);
    });
    return { shelf, stacks: [...shelf.items.values()] };
  }

  const give = (item: ItemInstance, count?: number): MoveLeg => ({
    kind: 'move',
    itemId: item.itemId,
    from: ana,
    ...(count === undefined ? {} : { count }),
    destination: { to: 'character', characterId: bob, overflow: 'refuse' },
  });

  it('sums up what a list names twice before it looks whether there is so much', () => {
    const { shelf, stacks } = stocked(5);
    expect(() => shelf.transfer('x', [give(stacks[0]!, 3), give(stacks[0]!, 3)])).toThrow('inventory.not_enough');
    expect(() => shelf.transfer('x', [give(stacks[0]!), give(stacks[0]!)])).toThrow('inventory.not_enough');
    shelf.transfer('x', [give(stacks[0]!, 2), give(stacks[0]!, 3)]);
    expect(shelf.items.get(stacks[0]!.itemId)).toMatchObject({ holder: bob, count: 5 });
    shelf.check();
  });

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('refuses to give %d of a stack', (count) => {
    const { shelf, stacks } = stocked(5);
    expect(() => shelf.transfer('x', [give(stacks[0]!, count)])).toThrow('inventory.not_enough');
  });

  it('joins stacks that are there, in one change of each, and shows it to who gave and who got', () => {
    const { shelf, stacks } = stocked(5, 4);
    shelf.transfer('x', [give(stacks[0]!)]);
    const before = shelf.postings.length;
    shelf.transfer('y', [give(stacks[1]!, 3)]);
    expect(shelf.items.get(stacks[0]!.itemId)).toMatchObject({ holder: bob, count: 8, ver: 3 });
    expect(shelf.items.get(stacks[1]!.itemId)).toMatchObject({ holder: ana, count: 1, ver: 2 });
    expect(shelf.postings.slice(before).map(({ change, receiver }) => [change, receiver])).toEqual([
      [3, bob],
      [-3, undefined],
    ]);
    shelf.check();
  });

  it('trades between two full bags, because what leaves makes room for what comes', () => {
    const shelf = new Shelf();
    for (let turn = 0; turn < BAG_SLOTS; turn += 1) {
      for (const who of [0, 1]) perform(shelf, { kind: 'mint', who, isStack: true, count: 20 }, turn * 2 + who);
    }
    const [anas, bobs] = [ana, bob].map((one) => [...shelf.items.values()].find(({ holder }) => holder === one)!);
    const legs: MoveLeg[] = [
      give(anas!),
      { ...give(bobs!), from: bob, destination: { to: 'character', characterId: ana, overflow: 'refuse' } },
    ];
    shelf.begin('full', legs);
    shelf.check();
    shelf.end(deriveId('txn', 'full'), true);
    shelf.check();
    expect(shelf.items.get(anas!.itemId)!.holder).toBe(bob);
    expect(() =>
      shelf.transfer('more', [give([...shelf.items.values()].find(({ holder }) => holder === ana)!)]),
    ).toThrow('inventory.full');
  });

  it('keeps a bound item with its character, but for its trade window, its sinks, and the account’s own', () => {
    const giving = (change: Partial<ItemInstance>, leg: Partial<ReturnType<typeof give>> = {}) => {
      const { shelf, stacks } = stocked(1);
      const item = stacks[0]!;
      shelf.items.set(item.itemId, { ...item, ...change });
      return () => shelf.transfer('x', [{ ...give(item), ...leg }]);
    };
    const within = (untilMs: number, characterId: CharacterId): Partial<ItemInstance> => ({
      bind: 'character',
      tradeWindow: { untilMs, characterIds: [characterId] },
    });
    expect(giving({ bind: 'character' })).toThrow('inventory.item_bound');
    expect(giving({ bind: 'character' }, { bound: 'own-account' })).toThrow('inventory.item_bound');
    expect(giving(within(1, bob))).toThrow('inventory.item_bound');
    expect(giving(within(2, createId('chr')))).toThrow('inventory.item_bound');
    expect(giving(within(2, bob))).not.toThrow();
    expect(giving({ bind: 'account' })).toThrow('inventory.item_bound');
    expect(giving({ bind: 'account' }, { bound: 'own-account' })).not.toThrow();
    const sink = { to: 'sink', reason: 'destroyed' } as const;
    expect(giving({ bind: 'quest' }, { bound: 'any', destination: sink })).not.toThrow();
  });

  it('is planned anew where an item has come into its slot since its container was read', () => {
    const { shelf, stacks } = stocked(1);
    const item = stacks[0]!;
    shelf.items.set(item.itemId, { ...item, slot: item.slot! + 1 });
    expect(() => shelf.transfer('x', [give(item)])).toThrow('request.conflict');
  });

  it('refuses what is not the giver’s, what has changed since it was offered, and what has expired', () => {
    const { shelf, stacks } = stocked(1);
    const item = stacks[0]!;
    expect(() => shelf.transfer('x', [{ ...give(item), from: bob }])).toThrow('inventory.item_not_found');
    expect(() => shelf.transfer('x', [{ ...give(item), container: 'bank' }])).toThrow('inventory.item_not_found');
    expect(() => shelf.transfer('x', [{ ...give(item), itemId: createId('itm') }])).toThrow('inventory.item_not_found');
    expect(() => shelf.transfer('x', [{ ...give(item), ver: 2 }])).toThrow('inventory.item_changed');
    shelf.items.set(item.itemId, { ...item, expiresAtMs: 1 });
    expect(() => shelf.transfer('x', [give(item)])).toThrow('inventory.item_expired');
  });
});
