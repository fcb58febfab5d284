import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { items as itemTemplates } from '#content/items.ts';
import { zones } from '#content/zones.ts';
import { PLAYER_DIED } from '#events/combat.ts';
import { claimZone, enterZone, pollCommands, type ZoneFence } from '#functions/zone/public.ts';
import type { EndpointBase } from '#shared/contract/endpoint.ts';
import { event } from '#shared/events/changes.ts';
import { createOperation } from '#shared/events/operation.ts';
import { HOUR_MS } from '#shared/kernel/clock.ts';
import { createId, type ItemId } from '#shared/kernel/ids.ts';
import { useStepHook } from '#shared/kernel/step.ts';
import type { HttpHandler } from '#shared/runtime/endpoint-handler.ts';
import { itemComplaints } from '#shared/testing/item-audit.ts';
import { giveNew, type Owner, owner } from '#shared/testing/test-owner.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { equipItem, getEquipment, unequipItem } from './contract-equipment.ts';
import { repairItems, useItem } from './contract-use.ts';
import { handler as equipHandler } from './endpoints/equip-item.ts';
import { handler as equipmentHandler } from './endpoints/get-equipment.ts';
import { handler as repairHandler } from './endpoints/repair-items.ts';
import { handler as unequipHandler } from './endpoints/unequip-item.ts';
import { handler as useHandler } from './endpoints/use-item.ts';
import { gearOf, itemsOf } from './public.ts';
import { repairPrice } from './repair-price.ts';
import { BAG_SLOTS } from './rules.ts';

const level = 30;
const find = (want: (template: (typeof itemTemplates.all)[number]) => boolean) => {
  const found = itemTemplates.all.find(want);
  if (!found) throw new Error('content has no such item');
  return found;
};
const coat = find(({ slot, bind }) => slot === 'torso' && bind === 'none');
const boundCoat = find(({ slot, bind, classes }) => slot === 'torso' && bind === 'equip' && classes.length === 0);
const chassis = itemTemplates.all.filter(({ slot, classes }) => slot === 'implant-chassis' && classes.length === 0);
const othersWeapon = find(
  ({ slot, classes }) => slot === 'weapon' && classes.length > 0 && !classes.includes('gunhand'),
);
const medicine = find(({ use, requiredLevel }) => requiredLevel === 1 && use?.effects[0]?.kind === 'heal');
const docks = zones.all.find(({ starting }) => starting)!;

let world: TestWorld;
let fence: ZoneFence;
beforeAll(async () => {
  world = await startTestWorld();
  const shardId = createId('shd');
  const claimed = await claimZone({ zoneId: docks.id, shardId, url: 'ws://127.0.0.1/zone', leaseMs: 24 * HOUR_MS });
  fence = { zoneId: docks.id, shardId, epoch: claimed!.epoch };
});
afterEach(async () => {
  expect(itemComplaints(await world.snapshot())).toEqual([]);
});
afterAll(async () => {
  await world.stop();
});

let keys = 0;
function send(
  handler: HttpHandler,
  endpoint: EndpointBase,
  actor: Owner,
  itemId: string | undefined,
  body: unknown = {},
  key?: string,
) {
  keys += 1;
  const params = itemId === undefined ? {} : { params: { itemId } };
  return world.call(handler, endpoint, { actor, body, ...params, idempotencyKey: key ?? `wear-key-${1_000 + keys}` });
}
const equip = (actor: Owner, itemId: string, body = {}, key?: string) =>
  send(equipHandler, equipItem, actor, itemId, body, key);
const unequip = (actor: Owner, itemId: string) => send(unequipHandler, unequipItem, actor, itemId);
const use = (actor: Owner, itemId: string, key?: string) => send(useHandler, useItem, actor, itemId, {}, key);
const repair = (actor: Owner, itemIds: readonly string[], more = {}, key?: string) =>
  send(repairHandler, repairItems, actor, undefined, { itemIds, ...more }, key);

async function refused(attempt: () => ReturnType<typeof send>, status: number, code: string) {
  const stored = async () => (await world.snapshot()).filter((row) => !String(row.pk).startsWith('RATE#'));
  const before = await stored();
  const reply = await attempt();
  expect([reply.status, reply.body.code]).toEqual([status, code]);
  expect(await stored()).toEqual(before);
}

/** What the zone's owner is ordered, as far as it concerns this character's stats. */
async function refreshes({ characterId }: Owner) {
  const commands = await pollCommands(docks.id);
  return commands.flatMap((command) =>
    command.kind === 'refresh' && command.characterId === characterId ? [command] : [],
  );
}

async function die({ accountId, characterId }: Owner, deaths = 1): Promise<void> {
  const operation = createOperation({ actor: { origin: 'fleet' }, correlationId: 'test', causationId: 'test' });
  const combatId = createId('cbt');
  const data = {
    combatId,
    zoneId: docks.id,
    epoch: 1,
    accountId,
    characterId,
    killer: { npcKind: 'mother-rust', npcLevel: 9 },
    deaths,
  };
  await operation.commit({ events: [event(PLAYER_DIED, { aggregateId: combatId, aggregateSeq: 1, data })] });
  await world.deliver({ twice: true });
}

describe('wearing', () => {
  it('puts an item on, binds it, tells of it, and changes what the character can do', async () => {
    const ana = await owner(world, { level });
    const [first] = await giveNew(world, ana.characterId, boundCoat.id);
    const reply = await equip(ana, first!, {}, 'put-on-once-key');
    expect(reply.body.items).toMatchObject([{ container: 'equipment', wornAs: 'torso', bind: 'character' }]);
    expect(reply.body.gear.stats).toEqual(boundCoat.stats);
    expect((await equip(ana, first!, {}, 'put-on-once-key')).text).toBe(reply.text);
    const [second] = await giveNew(world, ana.characterId, coat.id);
    const swapped = await equip(ana, second!);
    expect(
      swapped.body.items.map(({ itemId, container }: { itemId: string; container: string }) => [itemId, container]),
    ).toEqual(
      expect.arrayContaining([
        [first, 'bag'],
        [second, 'equipment'],
      ]),
    );
    expect((await gearOf(ana.characterId, world.clock.nowMs())).stats).toEqual(coat.stats);
    const shown = await world.call(equipmentHandler, getEquipment, { actor: ana });
    expect(shown.body).toMatchObject({ worn: [{ itemId: second }], gear: { stats: coat.stats } });
    expect((await unequip(ana, second!)).body.gear).toEqual({ stats: {} });
    await world.deliver();
    expect(
      world.events
        .filter(({ data }) => (data as { characterId?: string }).characterId === ana.characterId)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['ITEM_EQUIPPED', 'ITEM_EQUIPPED', 'ITEM_UNEQUIPPED']);
  });

  it('orders the zone to look at it again, in the same transaction', async () => {
    const ana = await owner(world, { level });
    const [item] = await giveNew(world, ana.characterId, coat.id);
    await equip(ana, item!);
    expect(await refreshes(ana)).toEqual([]);
    await enterZone(fence, ana);
    await unequip(ana, item!);
    await equip(ana, item!);
    expect(await refreshes(ana)).toHaveLength(2);
  });

  it('wears two of a kind where there is room for two, but a unique thing once', async () => {
    const ana = await owner(world, { level });
    const [one, other] = chassis;
    const [a] = await giveNew(world, ana.characterId, one!.id);
    const [twin] = await giveNew(world, ana.characterId, one!.id);
    const [b] = await giveNew(world, ana.characterId, other!.id);
    await equip(ana, a!);
    await refused(() => equip(ana, twin!), 409, 'inventory.unique_equipped');
    expect((await equip(ana, b!)).status).toBe(200);
    const worn = (await itemsOf(ana.characterId)).filter(({ container }) => container === 'equipment');
    expect(worn.map(({ itemId }) => itemId).sort()).toEqual([a, b].sort());
    // In the place of the first there is none of it beside it.
    const { slot } = worn.find(({ itemId }) => itemId === a)!;
    expect((await equip(ana, twin!, { slot })).status).toBe(200);
  });

  it('refuses what does not suit, and changes nothing', async () => {
    const [ana, novice] = [await owner(world, { level }), await owner(world)];
    const [weapon] = await giveNew(world, ana.characterId, othersWeapon.id);
    const [stack] = await giveNew(world, ana.characterId, medicine.id, 3);
    const [armour] = await giveNew(world, ana.characterId, coat.id);
    const high = find(({ slot, requiredLevel, classes }) => slot !== null && requiredLevel > 1 && classes.length === 0);
    const [tooHigh] = await giveNew(world, novice.characterId, high.id);
    await refused(() => equip(ana, weapon!), 409, 'inventory.wrong_class');
    await refused(() => equip(ana, stack!), 409, 'inventory.not_equippable');
    await refused(() => equip(ana, armour!, { slot: 0 }), 409, 'inventory.not_equippable');
    await refused(() => equip(novice, tooHigh!), 409, 'inventory.level_too_low');
    await refused(() => equip(novice, armour!), 404, 'inventory.item_not_found');
    await refused(() => unequip(ana, armour!), 409, 'inventory.not_equipped');
    await equip(ana, armour!);
    for (let index = 0; index < BAG_SLOTS - 2; index += 1) await giveNew(world, ana.characterId, coat.id);
    await refused(() => unequip(ana, armour!), 409, 'inventory.full');
    await refused(() => equip(ana, armour!), 409, 'inventory.item_equipped');
  });

  it('wears one of two unique things that are put on at the same moment', async () => {
    const ana = await owner(world, { level });
    const ids = [
      ...(await giveNew(world, ana.characterId, chassis[0]!.id)),
      ...(await giveNew(world, ana.characterId, chassis[0]!.id)),
    ];
    const replies = await Promise.all(ids.map((itemId) => equip(ana, itemId)));
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
  });
});

describe('wear and repair', () => {
  async function wornOut(money: bigint) {
    const ana = await owner(world, { level });
    world.till.balances.set(ana.characterId, money);
    const [item] = await giveNew(world, ana.characterId, coat.id);
    await equip(ana, item!);
    return { ana, item: item! };
  }
  const durabilityOf = async ({ characterId }: Owner, itemId: ItemId) =>
    (await itemsOf(characterId)).find((one) => one.itemId === itemId)?.durability;

  it('takes a share of everything worn at each death, however often that is told, until it breaks', async () => {
    const { ana, item } = await wornOut(0n);
    await die(ana);
    expect(await durabilityOf(ana, item)).toBe(coat.durability - coat.durability / 10);
    await enterZone(fence, ana);
    await die(ana, 9);
    expect(await durabilityOf(ana, item)).toBe(0);
    expect((await gearOf(ana.characterId, world.clock.nowMs())).stats).toEqual({});
    expect(await refreshes(ana)).toHaveLength(1);
    await die(ana);
    expect(await durabilityOf(ana, item)).toBe(0);
  });

  it('repairs for money, which the character has no more', async () => {
    const { ana, item } = await wornOut(1_000n);
    await die(ana, 5);
    const price = repairPrice(coat, coat.durability / 2);
    const reply = await repair(ana, [item, item], { maxPrice: price.toString() }, 'repair-once-key');
    expect([reply.status, reply.body]).toEqual([
      200,
      {
        price: { currency: 'eddies', amount: price.toString() },
        repaired: [{ itemId: item, durability: coat.durability }],
      },
    ]);
    expect((await repair(ana, [item, item], { maxPrice: price.toString() }, 'repair-once-key')).text).toBe(reply.text);
    expect(await durabilityOf(ana, item)).toBe(coat.durability);
    expect(world.till.balances.get(ana.characterId)).toBe(1_000n - price);
    expect((await gearOf(ana.characterId, world.clock.nowMs())).stats).toEqual(coat.stats);
    await refused(() => repair(ana, [item]), 409, 'inventory.not_worn_out');
  });

  it('leaves everything as it was without the money, and worn all the time', async () => {
    const { ana, item } = await wornOut(0n);
    await die(ana, 5);
    expect((await repair(ana, [item])).body.code).toBe('ledger.insufficient_funds');
    expect(await durabilityOf(ana, item)).toBe(coat.durability / 2);
    expect((await gearOf(ana.characterId, world.clock.nowMs())).stats).toEqual(coat.stats);
    await refused(() => repair(ana, [item], { maxPrice: '0' }), 409, 'inventory.too_dear');
    await refused(() => repair(ana, [createId('itm')]), 404, 'inventory.item_not_found');
  });

  it('leaves alone what is away for repair', async () => {
    const { ana, item } = await wornOut(1_000n);
    await die(ana, 5);
    const [other] = await giveNew(world, ana.characterId, coat.id);
    const during: number[] = [];
    const undo = useStepHook(async (name, run) => {
      if (name === 'settlement.decide') {
        for (const attempt of [unequip(ana, item), equip(ana, other!), repair(ana, [item])])
          during.push((await attempt).status);
      }
      return run();
    });
    expect((await repair(ana, [item])).status).toBe(200);
    undo();
    expect(during).toEqual([404, 409, 404]);
  });
});

describe('using', () => {
  it('takes one of the stack, once for each key, and runs a cool-down', async () => {
    const ana = await owner(world);
    const [stack] = await giveNew(world, ana.characterId, medicine.id, 2);
    const reply = await use(ana, stack!, 'use-once-key');
    expect(reply.body).toMatchObject({ items: [{ itemId: stack, count: 1 }], effects: medicine.use!.effects });
    expect((await use(ana, stack!, 'use-once-key')).text).toBe(reply.text);
    await refused(() => use(ana, stack!), 409, 'inventory.on_cooldown');
    world.clock.advance(medicine.use!.cooldownMs);
    expect((await use(ana, stack!)).body).toMatchObject({ items: [], gone: [stack] });
    expect(await itemsOf(ana.characterId)).toEqual([]);
  });

  it('lets one of many uses at the same moment take effect, and tells the zone', async () => {
    const ana = await owner(world);
    await enterZone(fence, ana);
    const [stack] = await giveNew(world, ana.characterId, medicine.id, 5);
    const replies = await Promise.all(Array.from({ length: 6 }, () => use(ana, stack!)));
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
    expect((await itemsOf(ana.characterId))[0]!.count).toBe(4);
    expect(await refreshes(ana)).toMatchObject([{ effects: medicine.use!.effects }]);
  });

  it('uses up charges before the thing is gone', async () => {
    const ana = await owner(world);
    const [item] = await giveNew(world, ana.characterId, medicine.id, 1, { charges: 2 });
    expect((await use(ana, item!)).body.items).toMatchObject([{ itemId: item, charges: 1 }]);
    world.clock.advance(medicine.use!.cooldownMs);
    expect((await use(ana, item!)).body.gone).toEqual([item]);
  });

  it('refuses what is no use', async () => {
    const ana = await owner(world, { level });
    const [armour] = await giveNew(world, ana.characterId, coat.id);
    await refused(() => use(ana, armour!), 409, 'inventory.not_usable');
    await equip(ana, armour!);
    await refused(() => use(ana, armour!), 409, 'inventory.item_equipped');
  });
});
