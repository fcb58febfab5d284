import type { Act, SeenItem, Stage } from '../stage.ts';

const POTENTIAL_STACKS = new Set(['scrap-alloy', 'copper-braid', 'noodle-bowl', 'fusion-bead', 'polymer-resin']);

function stacks(stage: Stage, me: number): readonly SeenItem[] {
  return stage.bag(me).filter(({ count, templateId }) => count > 1 && POTENTIAL_STACKS.has(templateId));
}

/** Half of the time the version that was seen goes with the call. */
function seen(stage: Stage, { ver }: SeenItem): { readonly version?: number } {
  return stage.random.percent(50) ? { version: ver } : {};
}

const split: Act = {
  name: 'split',
  async perform(stage, me) {
    const item = stage.pick(stacks(stage, me));
    if (!item) return;
    const count = stage.random.int(1, item.count - 1);
    const body = { count, ...seen(stage, item) };
    await stage.call(
      me,
      'inventory.split-stack',
      { params: { itemId: item.itemId }, body },
      { body: { count: count + 1 } },
    );
  },
};

const merge: Act = {
  name: 'merge',
  async perform(stage, me) {
    const item = stage.pick(stacks(stage, me));
    const into = item && stage.bag(me).find((one) => one.templateId === item.templateId && one.itemId !== item.itemId);
    if (!item || !into) return;
    const body = { into: into.itemId, ...(stage.random.percent(50) ? { count: 1 } : {}) };
    await stage.call(
      me,
      'inventory.merge-stacks',
      { params: { itemId: item.itemId }, body },
      { body: { ...body, count: 2 } },
    );
  },
};

const move: Act = {
  name: 'move',
  async perform(stage, me) {
    const item = stage.pick(stage.bag(me));
    if (!item) return;
    const body = { container: 'bag', slot: stage.random.int(0, 39), ...seen(stage, item) };
    const otherwise = { body: { ...body, slot: (body.slot + 1) % 40 } };
    await stage.call(me, 'inventory.move-item', { params: { itemId: item.itemId }, body }, otherwise);
  },
};

const bank: Act = {
  name: 'bank',
  async perform(stage, me) {
    const item = stage.pick(stage.bag(me));
    if (!item) return;
    const { itemId } = item;
    const count = item.count > 1 && stage.random.percent(50) ? { count: stage.random.int(1, item.count - 1) } : {};
    const put = await stage.call(me, 'inventory.deposit', { params: { itemId }, body: count });
    const banked = put?.status === 200 ? stage.pick(inBank(stage, me)) : undefined;
    if (banked) await stage.call(me, 'inventory.withdraw', { params: { itemId: banked.itemId }, body: {} });
  },
};

function inBank(stage: Stage, me: number): readonly SeenItem[] {
  return stage.itemsOf(stage.player(me).characterId).filter(({ container }) => container === 'bank');
}

const wearable = new Set(['rebar-cleaver', 'dockside-pistol', 'tarpaulin-coat', 'dockhand-boots']);

const equip: Act = {
  name: 'equip',
  async perform(stage, me) {
    const all = stage.itemsOf(stage.player(me).characterId);
    const worn = stage.pick(all.filter(({ container }) => container === 'equipment'));
    if (worn && stage.random.percent(50)) {
      await stage.call(me, 'inventory.unequip-item', { params: { itemId: worn.itemId }, body: {} });
      return;
    }
    const item = stage.pick(all.filter(({ container, templateId }) => container === 'bag' && wearable.has(templateId)));
    if (item)
      await stage.call(me, 'inventory.equip-item', { params: { itemId: item.itemId }, body: seen(stage, item) });
  },
};

const consume: Act = {
  name: 'use',
  async perform(stage, me) {
    const item = stage.pick(stage.bag(me).filter(({ templateId }) => templateId === 'noodle-bowl'));
    if (item) await stage.call(me, 'inventory.use-item', { params: { itemId: item.itemId }, body: {} });
  },
};

const destroy: Act = {
  name: 'destroy',
  async perform(stage, me) {
    const item = stage.pick(stage.bag(me));
    if (!item) return;
    const count = item.count > 1 && stage.random.percent(50) ? { count: 1 } : {};
    const body = { ...count, confirm: item.templateId };
    await stage.call(
      me,
      'inventory.destroy-item',
      { params: { itemId: item.itemId }, body },
      { body: { ...body, count: 2 } },
    );
  },
};

/** Has something precious destroyed, and wants it back. */
const restore: Act = {
  name: 'restore',
  async perform(stage, me) {
    const item = stage.bag(me).find(({ templateId }) => templateId === 'fusion-bead');
    if (item) {
      const body = { confirm: item.templateId };
      await stage.call(me, 'inventory.destroy-item', { params: { itemId: item.itemId }, body });
    }
    const lost = stage.pick(stage.lost(me));
    if (lost) await stage.call(me, 'inventory.restore-item', { params: { itemId: lost.itemId } });
  },
};

const repair: Act = {
  name: 'repair',
  async perform(stage, me) {
    const worn = stage
      .itemsOf(stage.player(me).characterId)
      .filter(({ durability, container }) => durability !== undefined && container !== 'bank');
    const itemIds = worn.slice(0, 2).map(({ itemId }) => itemId);
    if (itemIds.length === 0) return;
    await stage.call(
      me,
      'inventory.repair-items',
      { body: { itemIds } },
      { body: { itemIds: itemIds.slice(0, 1), maxPrice: '1' } },
    );
  },
};

const sort: Act = {
  name: 'sort',
  perform: (stage, me) => stage.call(me, 'inventory.sort-container', { body: { container: 'bag' } }),
};

export const inventoryActs: readonly Act[] = [split, merge, move, bank, equip, consume, destroy, restore, repair, sort];
