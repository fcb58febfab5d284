import { describe, expect, it } from 'vitest';
import { type Catalogue, catalogue, problemsOf } from './catalogue.ts';

/** The catalogue with one row of a kind changed. */
function broken<K extends keyof Catalogue>(
  kind: K,
  id: string,
  change: (row: Catalogue[K][number]) => unknown,
): Catalogue {
  const rows = catalogue[kind].map((row) => ('id' in row && row.id === id ? change(row as Catalogue[K][number]) : row));
  return { ...catalogue, [kind]: rows };
}

describe('the content that ships', () => {
  it('is sound', () => {
    expect(problemsOf(catalogue)).toEqual([]);
  });

  it('is as large as the game needs', () => {
    expect(catalogue.items.length).toBeGreaterThanOrEqual(60);
    expect(catalogue.npcs.length).toBeGreaterThanOrEqual(12);
    expect(catalogue.zones).toHaveLength(3);
    expect(catalogue.quests.length).toBeGreaterThanOrEqual(8);
    expect(catalogue.achievements.length).toBeGreaterThanOrEqual(10);
    expect(catalogue.classes).toHaveLength(4);
    expect(catalogue.abilities.filter((ability) => ability.class !== null).length).toBeGreaterThanOrEqual(24);
    expect(catalogue.levels).toHaveLength(30);
    expect(new Set(catalogue.items.map((item) => item.quality)).size).toBe(5);
    expect(new Set(catalogue.quests.flatMap((quest) => quest.objectives.map(({ kind }) => kind)))).toEqual(
      new Set(['kill', 'collect', 'visit', 'talk', 'use', 'event', 'escort']),
    );
  });

  it('lets a new character finish its first quest and reach level 2 with it', () => {
    const first = catalogue.quests.find((quest) => quest.id === 'first-salvage')!;
    const drone = catalogue.npcs.find((npc) => npc.id === 'salvage-drone')!;
    const table = catalogue.lootTables.find((row) => row.id === drone.lootTable)!;
    expect(first.autoComplete).toBe(true);
    expect(table.guaranteed.map((entry) => entry.item)).toContain('drone-memory-core');
    expect(first.rewards.xp).toBeGreaterThanOrEqual(catalogue.levels[0]!.xpToNext!);
  });
});

describe('the check', () => {
  const cases: [what: string, content: Catalogue, problem: string][] = [
    ['a row that breaks its schema', broken('items', 'scrap-alloy', (row) => ({ ...row, maxStack: 0 })), 'maxStack'],
    [
      'an unknown field',
      broken('npcs', 'mother-rust', (row) => ({ ...row, mood: 'bad' })),
      'npcs/mother-rust: : Unrecognized key: "mood"',
    ],
    [
      'an ability that harms and helps at once',
      broken('abilities', 'double-tap', (row) => ({
        ...row,
        effects: [...row.effects, { kind: 'heal', amount: { min: 1, max: 2 } }],
      })),
      'abilities/double-tap: it both harms and helps',
    ],
    [
      'an ability that its class cannot pay for',
      broken('abilities', 'jump-start', (row) => ({ ...row, energyCost: 499 })),
      'classes/patcher: it cannot pay for "jump-start" when it learns it',
    ],
    [
      'a kind of effect that no class has',
      broken('abilities', 'jump-start', (row) => ({ ...row, class: null })),
      'abilities: no class has an ability of kind "resurrect"',
    ],
    [
      'a debuff that adds',
      broken('abilities', 'crack-plate', (row) => ({
        ...row,
        effects: [{ kind: 'debuff', stats: { armour: 5 }, durationMs: 1_000 }],
      })),
      'abilities/crack-plate: buffs add and debuffs take',
    ],
    [
      'a weight of zero',
      broken('lootTables', 'mother-rust', (row) => ({ ...row, weighted: [{ ...row.weighted[0]!, weight: 0 }] })),
      'lootTables/mother-rust: weighted.0.weight',
    ],
    [
      'a vendor who sells below what vendors pay',
      broken('vendors', 'brine-and-sons', (row) => ({ ...row, stock: [{ ...row.stock[0]!, price: 4 }] })),
      'vendors/brine-and-sons: stitch-spray could be sold for more than it costs',
    ],
    [
      'a vendor who stands nowhere',
      broken('vendors', 'cinder-canteen', (row) => ({ ...row, zone: 'null-cathedral' })),
      'vendors/cinder-canteen: it stands nowhere in "null-cathedral"',
    ],
    [
      'goods that a buyer cannot use yet',
      broken('vendors', 'cinder-canteen', (row) => ({ ...row, stock: [{ ...row.stock[3]!, requiredLevel: 7 }] })),
      'vendors/cinder-canteen: trauma-foam is sold to who cannot use it yet',
    ],
    [
      'a reference to nothing',
      broken('npcs', 'slag-hound', (row) => ({ ...row, lootTable: 'no-such-table' })),
      'npcs/slag-hound: there is no loot table "no-such-table"',
    ],
    [
      'an orphan',
      { ...catalogue, items: [...catalogue.items, { ...catalogue.items[0]!, id: 'unwanted-thing' }] },
      'items/unwanted-thing: nobody can come by it',
    ],
    [
      'an id given twice',
      { ...catalogue, npcs: [...catalogue.npcs, catalogue.npcs[0]!] },
      'npcs: id "salvage-drone" comes up more than once',
    ],
    [
      'a level that costs less than the one before',
      { ...catalogue, levels: catalogue.levels.map((row) => (row.level === 9 ? { ...row, xpToNext: 10 } : row)) },
      'levels/9: it does not cost more than the level before',
    ],
    [
      'quests that wait for each other',
      broken('quests', 'first-salvage', (row) => ({ ...row, prerequisites: ['signal-in-the-salt'] })),
      'quests/first-salvage: its prerequisites can never be met',
    ],
    [
      'a dialogue node that nothing leads to',
      broken('dialogues', 'first-salvage', (row) => ({ ...row, start: 'marlow-pay' })),
      'dialogues/first-salvage: nothing leads to "marlow-hello"',
    ],
    [
      'an objective that nothing in the world fulfils',
      broken('zones', 'null-cathedral', (row) => ({
        ...row,
        npcSpawns: row.npcSpawns.filter((spawn) => spawn.npc !== 'the-cantor'),
      })),
      'quests/last-rites: no zone spawns "the-cantor"',
    ],
    [
      'a thing placed outside its zone',
      broken('zones', 'ember-terraces', (row) => ({ ...row, spawn: { x: -1, y: 0, radiusM: 0 } })),
      'zones/ember-terraces: its spawn lies outside',
    ],
    [
      'an arrival outside every rest area',
      broken('zones', 'ember-terraces', (row) => ({ ...row, restAreas: [{ x: 60, y: 400, radiusM: 7 }] })),
      'zones/ember-terraces: its spawn lies in no rest area',
    ],
    [
      'a rest area among NPCs',
      broken('zones', 'null-cathedral', (row) => ({
        ...row,
        restAreas: [...row.restAreas, { x: 340, y: 160, radiusM: 1 }],
      })),
      'zones/null-cathedral: a rest area reaches into where NPCs live',
    ],
    [
      'a wall in the way of a vendor',
      broken('zones', 'glasswater-docks', (row) => ({
        ...row,
        obstacles: [...row.obstacles, { minX: 90, minY: 74, maxX: 100, maxY: 80 }],
      })),
      'zones/glasswater-docks: an obstacle stands in point "brine-and-sons"',
    ],
    [
      'a wall where players arrive',
      broken('zones', 'ember-terraces', (row) => ({
        ...row,
        obstacles: [...row.obstacles, { minX: 50, minY: 399, maxX: 70, maxY: 400 }],
      })),
      'zones/ember-terraces: an obstacle stands in its spawn',
    ],
    [
      'a wall that rounding to the wire could cross',
      broken('zones', 'ember-terraces', (row) => ({
        ...row,
        obstacles: [...row.obstacles, { minX: 500.1, minY: 500, maxX: 510, maxY: 501 }],
      })),
      'zones/ember-terraces: obstacles',
    ],
    [
      'a seam between two walls',
      broken('zones', 'ember-terraces', (row) => ({
        ...row,
        obstacles: [...row.obstacles, { minX: 354, minY: 293, maxX: 355, maxY: 294 }],
      })),
      'zones/ember-terraces: two obstacles touch',
    ],
    [
      'a patrol that leads through a wall',
      broken('zones', 'glasswater-docks', (row) => ({
        ...row,
        obstacles: [...row.obstacles, { minX: 440, minY: 224, maxX: 441, maxY: 226 }],
      })),
      'zones/glasswater-docks: patrol of "patrol-customs-house" leads through a wall',
    ],
    [
      'a patrol that stands in a wall',
      broken('zones', 'glasswater-docks', (row) => ({
        ...row,
        obstacles: [...row.obstacles, { minX: 469, minY: 139, maxX: 471, maxY: 141 }],
      })),
      'zones/glasswater-docks: patrol of "patrol-customs-house" goes to where no way leads',
    ],
    [
      'NPCs in a room that has no door',
      broken('zones', 'glasswater-docks', (row) => ({
        ...row,
        objects: [],
        obstacles: [...row.obstacles, { minX: 150, minY: 25, maxX: 151, maxY: 35 }],
        npcSpawns: [...row.npcSpawns, { ...row.npcSpawns[0]!, id: 'locked-in', area: { x: 156, y: 40, radiusM: 8 } }],
      })),
      'zones/glasswater-docks: spawn "locked-in" reaches to where no way leads',
    ],
    [
      'an NPC that behaves like nobody',
      broken('npcs', 'slag-hound', (row) => ({ ...row, behaviour: 'philosopher' })),
      'npcs/slag-hound: there is no behaviour "philosopher"',
    ],
    [
      'a boss without a course of the fight',
      broken('npcs', 'mother-rust', (row) => ({ ...row, encounter: null })),
      'npcs/mother-rust: a boss, and nobody else, has an encounter',
    ],
    [
      'a boss that calls another boss',
      broken('npcs', 'mother-rust', (row) => ({
        ...row,
        encounter: {
          ...row.encounter!,
          phases: row.encounter!.phases.map((phase) => ({
            ...phase,
            summons: [{ npc: 'the-cantor', count: 1, radiusM: 5 }],
          })),
        },
      })),
      'npcs/mother-rust: "the-cantor" cannot come to its help',
    ],
    [
      'phases in the wrong order',
      broken('npcs', 'the-cantor', (row) => ({
        ...row,
        encounter: {
          ...row.encounter!,
          phases: [row.encounter!.phases[0]!, row.encounter!.phases[3]!, row.encounter!.phases[1]!],
        },
      })),
      'npcs/the-cantor: phase "chorus" would begin before the one above it',
    ],
    [
      'two bosses at once',
      broken('zones', 'null-cathedral', (row) => ({
        ...row,
        npcSpawns: row.npcSpawns.map((spawn) => (spawn.npc === 'the-cantor' ? { ...spawn, count: 2 } : spawn)),
      })),
      'zones/null-cathedral: spawn "the-cantor-apse" has more than one boss',
    ],
    [
      'a visit to nowhere',
      broken('quests', 'lay-of-the-land', (row) => ({
        ...row,
        objectives: row.objectives.map((one) => ({ ...one, point: 'old-marlow' })),
      })),
      'quests/lay-of-the-land: "old-marlow" is no landmark of its zone',
    ],
    [
      'an achievement that nobody can earn',
      broken('achievements', 'first-legendary', (row) => ({
        ...row,
        criterion: { kind: 'pick-up', itemKind: 'consumable', minQuality: 'legendary', target: 1 },
      })),
      'achievements/first-legendary: nothing that drops counts for it',
    ],
  ];

  it.each(cases)('finds %s', (_what, content, problem) => {
    expect(problemsOf(content).join('\n')).toContain(problem);
  });

  const docks = 'glasswater-docks';
  type Zone = Catalogue['zones'][number];
  const object = (id: string, change: (row: Zone['objects'][number]) => Zone['objects'][number]) =>
    broken('zones', docks, (row) => ({
      ...row,
      objects: row.objects.map((one) => (one.id === id ? change(one) : one)),
    }));
  const event = (id: string, change: (row: Zone['events'][number]) => Zone['events'][number]) =>
    broken('zones', docks, (row) => ({ ...row, events: row.events.map((one) => (one.id === id ? change(one) : one)) }));
  const objective = (questId: string, more: object) =>
    broken('quests', questId, (row) => ({ ...row, objectives: row.objectives.map((one) => ({ ...one, ...more })) }));

  it.each([
    [
      'an object in a wall',
      object('store-locker', (row) => ({ ...row, at: { x: 161.5, y: 30 } })),
      'an obstacle stands in it',
    ],
    [
      'an object for a quest that is none',
      object('relay-crane', (row) => ({ ...row, quest: 'nothing' })),
      'no quest "nothing"',
    ],
    [
      'an object that is for another quest than the one that asks for it',
      object('relay-crane', (row) => ({ ...row, quest: 'sealed-stores' })),
      'quests/wake-the-relays: "relay-crane" is for another quest alone',
    ],
    [
      'an empty cache',
      object('store-locker', (row) => ({ ...row, effect: { kind: 'loot', lootTable: 'none', decaySeconds: 60 } })),
      'store-locker: there is no loot table "none"',
    ],
    [
      'a door in its own wall',
      object('store-lever', (row) => ({ ...row, at: { x: 150.5, y: 30 } })),
      'store-lever: it stands in its own wall',
    ],
    [
      'a beacon for what comes by itself',
      object('porter-beacon', (row) => ({ ...row, effect: { kind: 'event', event: 'tide-of-metal' } })),
      'porter-beacon: "tide-of-metal" starts by time',
    ],
    [
      'an event that nothing starts',
      object('porter-beacon', (row) => ({ ...row, effect: { kind: 'none' } })),
      'porter-run: nothing starts it',
    ],
    [
      'a phase that cannot end',
      event('scrap-surge', (row) => ({ ...row, phases: row.phases.map((one) => ({ ...one, waves: [] })) })),
      'scrap-surge: phase "first-wave" asks for more than come',
    ],
    [
      'a way that is left before its end',
      event('porter-run', (row) => ({ ...row, phases: row.phases.slice(0, 2) })),
      'porter-run: it ends before its way does',
    ],
    [
      'an escort whose way leads through a wall',
      broken('zones', docks, (row) => ({
        ...row,
        obstacles: [...row.obstacles, { minX: 78, minY: 120, maxX: 80, maxY: 121 }],
      })),
      'porter-run: its way leads through a wall',
    ],
    [
      'an escort that is to stand in a wall',
      broken('zones', docks, (row) => ({
        ...row,
        obstacles: [...row.obstacles, { minX: 61, minY: 145, maxX: 63, maxY: 147 }],
      })),
      'porter-run: its way leads to where nobody can stand',
    ],
    [
      'a wave in a rest area',
      event('scrap-surge', (row) => ({
        ...row,
        phases: row.phases.map((one) => ({
          ...one,
          waves: one.waves.map((wave) => ({ ...wave, area: { x: 70, y: 76, radiusM: 2 } })),
        })),
      })),
      'scrap-surge: a wave comes into a rest area',
    ],
    [
      'an escort that lives there as an enemy',
      event('porter-run', (row) => ({ ...row, escort: { ...row.escort!, npc: 'salvage-drone' } })),
      'porter-run: salvage-drone lives in a zone as an enemy',
    ],
    ['a use of nothing', objective('sealed-stores', { object: 'nothing' }), 'no zone has an object "nothing"'],
    [
      'an escort without anybody',
      objective('the-long-way-round', { event: 'scrap-surge' }),
      'has somebody to bring along',
    ],
    ['an event that counts twice', objective('break-the-surge', { count: 2 }), 'an event counts once'],
  ])('finds %s', (_what, content, problem) => {
    expect(problemsOf(content).join('\n')).toContain(problem);
  });
});
