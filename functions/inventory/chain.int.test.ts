import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CharacterId, ItemId, Slug } from '#shared/kernel/ids.ts';
import { attributeBytes, UNIT_BYTES } from '#shared/table/transaction-units.ts';
import { itemComplaints } from '#shared/testing/item-audit.ts';
import { giveNew, moveItems, type Owner, owner } from '#shared/testing/test-owner.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { chainComplaints } from './chain.ts';
import type { ItemLeg } from './legs.ts';
import { fromLink, toLink } from './link.ts';
import { readItem } from './store.ts';
import { linksOf, listPostings } from './store-chain.ts';
import { listHandOvers } from './store-hand-overs.ts';

let world: TestWorld;
let ana: Owner;
let bob: Owner;

beforeAll(async () => {
  world = await startTestWorld();
});
afterAll(() => world.stop());
beforeEach(async () => {
  [ana, bob] = [await owner(world), await owner(world)];
});

const gift = (itemId: ItemId, from: Owner, to: Owner): ItemLeg => ({
  kind: 'move',
  itemId,
  from: from.characterId,
  destination: { to: 'character', characterId: to.characterId, overflow: 'refuse' },
});

/** Goes to and fro between the two. */
async function passed(itemId: ItemId, times: number): Promise<void> {
  for (let index = 0; index < times; index += 1) {
    const [from, to] = index % 2 === 0 ? [ana, bob] : [bob, ana];
    await moveItems(world, [gift(itemId, from, to)]);
  }
}

async function torch(): Promise<ItemId> {
  return (await giveNew(world, ana.characterId, 'weld-torch' as Slug))[0]!;
}

describe('a link', () => {
  it('is read as it was written', () => {
    const holder = fc.constantFrom('chr_a', 'chr_b', 'esc.txn_1', 'esc.txn_2', 'mail.mal_1', 'sink.sold', 'mint.loot');
    const posting = fc.record({
      ver: fc.nat(),
      count: fc.nat(),
      change: fc.integer(),
      from: holder,
      to: holder,
      reason: fc.string(),
      cause: fc.constantFrom('txn_1', 'txn_2', 'opr_1'),
      atMs: fc.nat(),
    });
    const of = { itemId: 'itm_1' as ItemId, templateId: 'weld-torch' as Slug };
    fc.assert(
      fc.property(posting, (facts) => {
        expect(fromLink(of, toLink({ ...of, ...facts }))).toEqual({ ...of, ...facts });
      }),
    );
  });
});

describe('the chain of an item that has gone through many hands', () => {
  it('has every link, while no row of it is larger than a unit of capacity', async () => {
    const itemId = await torch();
    await passed(itemId, 25);
    const rows = (await world.snapshot()).filter(({ pk }) => pk === `ITEM#${itemId}`);
    // Fewer rows than changes: the last links stand in the item's own row, and others together.
    expect(rows.length).toBeGreaterThan(3);
    expect(rows.length).toBeLessThan(12);
    for (const row of rows) expect(attributeBytes(row)).toBeLessThanOrEqual(UNIT_BYTES);
    const item = (await readItem(itemId))!;
    expect(chainComplaints(item, rows.flatMap(linksOf))).toEqual([]);
    expect(itemComplaints(await world.snapshot())).toEqual([]);
  });

  it('is read in pages of any size, oldest first', async () => {
    const itemId = await torch();
    await passed(itemId, 13);
    for (const limit of [1, 2, 5, 14, 100]) {
      const read: number[] = [];
      for (;;) {
        const page = await listPostings(itemId, { limit, afterVer: read.at(-1) });
        expect(page.length).toBeLessThanOrEqual(limit);
        if (page.length === 0) break;
        read.push(...page.map(({ ver }) => ver));
      }
      expect(read).toEqual(Array.from({ length: 14 }, (_none, index) => index + 1));
    }
  });

  it('still says that it was made when its row is not there', async () => {
    const itemId = await torch();
    const rows = (await world.snapshot()).filter(({ pk, sk }) => pk === `ITEM#${itemId}` && sk !== 'ITEM');
    expect(rows.flatMap(linksOf)).toMatchObject([{ ver: 1, from: 'mint.test', to: ana.characterId }]);
  });
});

describe('what a character gave and got', () => {
  async function allOf(characterId: CharacterId, direction: 'gave' | 'got', limit: number) {
    const read: { itemId: ItemId; ver: number }[] = [];
    let before: string | undefined;
    do {
      const page = await listHandOvers(characterId, direction, { limit, before });
      expect(page.postings.length).toBeLessThanOrEqual(limit);
      read.push(...page.postings);
      before = page.lastSortKey;
    } while (before !== undefined);
    return read.map(({ itemId, ver }) => `${itemId}/${ver}`);
  }

  it('is one row for a transaction, whatever it moved, and is read in pages that cut through it', async () => {
    const things = [await torch(), await torch(), await torch()];
    const back = (await giveNew(world, bob.characterId, 'weld-torch' as Slug))[0]!;
    const before = (await world.snapshot()).filter(({ _et }) => _et === 'HandOver').length;
    await moveItems(world, [...things.map((itemId) => gift(itemId, ana, bob)), gift(back, bob, ana)]);
    expect((await world.snapshot()).filter(({ _et }) => _et === 'HandOver').length - before).toBe(2);
    for (const limit of [1, 2, 100]) {
      expect(await allOf(ana.characterId, 'gave', limit)).toEqual(things.map((itemId) => `${itemId}/2`));
      expect(await allOf(bob.characterId, 'gave', limit)).toEqual([`${back}/2`]);
      expect((await allOf(bob.characterId, 'got', limit)).slice(0, 3).sort()).toEqual(
        things.map((itemId) => `${itemId}/2`).sort(),
      );
    }
  });
});
