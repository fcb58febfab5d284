import type { Catalogue } from '../catalogue.ts';

/** What the checks look up again and again. */
export interface ContentIndex {
  readonly abilities: ReadonlyMap<string, Catalogue['abilities'][number]>;
  readonly behaviours: ReadonlyMap<string, Catalogue['behaviours'][number]>;
  readonly dialogues: ReadonlyMap<string, Catalogue['dialogues'][number]>;
  readonly items: ReadonlyMap<string, Catalogue['items'][number]>;
  readonly lootTables: ReadonlyMap<string, Catalogue['lootTables'][number]>;
  readonly npcs: ReadonlyMap<string, Catalogue['npcs'][number]>;
  readonly quests: ReadonlyMap<string, Catalogue['quests'][number]>;
  readonly zones: ReadonlyMap<string, Catalogue['zones'][number]>;
  /** Kinds of NPC that some zone spawns. */
  readonly spawned: ReadonlySet<string>;
  /** Kinds of NPC that come with an event. */
  readonly inEvents: ReadonlySet<string>;
  readonly objects: ReadonlyMap<string, Catalogue['zones'][number]['objects'][number]>;
  readonly events: ReadonlyMap<string, Catalogue['zones'][number]['events'][number]>;
  /** Items that some spawned NPC may drop, or an object may hold. */
  readonly droppable: ReadonlySet<string>;
  /** Items that a player can come by in any way. */
  readonly obtainable: ReadonlySet<string>;
}

function byId<Row extends { readonly id: string }>(rows: readonly Row[]): ReadonlyMap<string, Row> {
  return new Map(rows.map((row) => [row.id, row]));
}

/** Indexes a catalogue for the checks. */
export function indexOf(content: Catalogue): ContentIndex {
  const npcs = byId(content.npcs);
  const lootTables = byId(content.lootTables);
  const spawned = new Set(
    content.zones.flatMap((zone) => zone.npcSpawns.flatMap(({ npc, rare }) => (rare ? [npc, rare.npc] : [npc]))),
  );
  const objects = content.zones.flatMap((zone) => zone.objects);
  const events = content.zones.flatMap((zone) => zone.events);
  const inEvents = new Set(
    events.flatMap(({ escort, phases }) => [
      ...(escort ? [escort.npc] : []),
      ...phases.flatMap(({ waves }) => waves.map(({ npc }) => npc)),
    ]),
  );
  const lootTableIds = [
    ...[...spawned].map((id) => npcs.get(id)?.lootTable ?? ''),
    ...objects.flatMap(({ effect }) => (effect.kind === 'loot' ? [effect.lootTable] : [])),
  ];
  const droppable = new Set(
    lootTableIds.flatMap((id) => {
      const table = lootTables.get(id);
      return table ? [...table.guaranteed, ...table.weighted].flatMap((entry) => entry.item ?? []) : [];
    }),
  );
  const obtainable = new Set([
    ...droppable,
    ...content.classes.flatMap((row) => row.startingItems.map((start) => start.item)),
    ...content.quests.flatMap((quest) =>
      [...quest.rewards.items, ...quest.rewards.choice].map((reward) => reward.item),
    ),
    ...content.vendors.flatMap((vendor) => vendor.stock.map(({ item }) => item)),
  ]);
  return {
    abilities: byId(content.abilities),
    behaviours: byId(content.behaviours),
    dialogues: byId(content.dialogues),
    items: byId(content.items),
    lootTables,
    npcs,
    quests: byId(content.quests),
    zones: byId(content.zones),
    spawned,
    inEvents,
    objects: byId(objects),
    events: byId(events),
    droppable,
    obtainable,
  };
}
