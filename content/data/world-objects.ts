import type { WorldObject } from '../schema/world-object.ts';

function terminal(
  id: string,
  name: string,
  [x, y]: readonly [x: number, y: number],
  quest: string | null,
  effect: WorldObject['effect'] = { kind: 'none' },
): WorldObject {
  return { id, name, look: 'terminal', at: { x, y }, useMs: 3_000, respawnSeconds: 5, quest, effect };
}

/** What players use on the docks. */
export const dockObjects: WorldObject[] = [
  terminal('relay-crane', 'Crane Relay', [104, 48], 'wake-the-relays'),
  terminal('relay-breakwater', 'Breakwater Relay', [62, 150], 'wake-the-relays'),
  {
    id: 'store-lever',
    name: 'Store Lever',
    look: 'lever',
    at: { x: 147, y: 28 },
    useMs: 1_500,
    respawnSeconds: 20,
    quest: null,
    effect: { kind: 'door', blocks: { minX: 150, minY: 24.5, maxX: 151, maxY: 35.5 } },
  },
  {
    id: 'store-locker',
    name: 'Customs Locker',
    look: 'cache',
    at: { x: 157, y: 30 },
    useMs: 2_500,
    respawnSeconds: 300,
    quest: null,
    effect: { kind: 'loot', lootTable: 'dock-cache', decaySeconds: 120 },
  },
  terminal('porter-beacon', 'Porter Beacon', [66, 96], 'the-long-way-round', {
    kind: 'event',
    event: 'porter-run',
  }),
  {
    id: 'surge-siren',
    name: 'Surge Siren',
    look: 'lever',
    at: { x: 150, y: 62 },
    useMs: 2_000,
    respawnSeconds: 120,
    quest: null,
    effect: { kind: 'event', event: 'scrap-surge' },
  },
];

/** What players use on the terraces. */
export const terraceObjects: WorldObject[] = [
  {
    id: 'archive-strongbox',
    name: 'Archive Strongbox',
    look: 'cache',
    at: { x: 430, y: 462 },
    useMs: 5_000,
    respawnSeconds: 900,
    quest: null,
    effect: { kind: 'loot', lootTable: 'combine-strongbox', decaySeconds: 120 },
  },
];
