import type { ColdFromServer } from '#shared/contract/zone-cold-messages.ts';
import { PROTOCOL_VERSION } from '#shared/contract/zone-protocol.ts';

/** A welcome to an empty yard, for links whose other end the test plays. */
export const welcomeMessage = (stream: string, own = 0, zone = 0): ColdFromServer => ({
  type: 'welcome',
  protocol: PROTOCOL_VERSION,
  schema: 1,
  contentHash: 'content',
  tickHz: 20,
  tick: 1,
  zoneId: 'yard',
  zoneName: 'Yard',
  epoch: 1,
  originX: 0,
  originY: 0,
  width: 100,
  height: 100,
  cellMetres: 20,
  entityId: 7,
  stream,
  after: { own, zone },
  correction: 0,
  x: 1,
  y: 1,
  speed: 5,
  vitals: { energy: 0, maxEnergy: 0, energyPerSecond: 0, pacePermille: 1_000, attackRange: 5, attackTicks: 30 },
  restAreas: [],
  obstacles: [],
  objects: [],
  npcKinds: [],
  abilities: [],
});
