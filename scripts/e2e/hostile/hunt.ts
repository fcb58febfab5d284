import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { type Drop, ZoneClient } from '#fleet/client/zone-client.ts';
import { listSessions } from '#functions/combat/contract.ts';
import { listInventory } from '#functions/inventory/contract.ts';
import { getDrop } from '#functions/loot/contract.ts';
import { enterZone } from '#functions/zone/contract.ts';
import { until } from '#scripts/journey/until.ts';
import { ApiError } from '#shared/client/api-client.ts';
import { entityStates } from '#shared/contract/zone-protocol.ts';
import type { WebPlayer } from './web-player.ts';

export const ZONE_ID = 'glasswater-docks';
/** Where its weakest NPCs are. */
const HUNTING_GROUND = { x: 115, y: 95 };
const HUNT_TIMEOUT_MS = 90_000;
const ATTACK_PAUSE_MS = 250;

/** Ids of things that only one player has a right to. */
export interface Trophy {
  readonly dropId: string;
  readonly itemId: string;
  readonly combatId: string;
}

/** Enters the zone and waits until the surroundings are there. */
export async function intoZone(player: WebPlayer): Promise<{ client: ZoneClient; url: string; ticket: string }> {
  const { url, ticket } = await player.api.call(enterZone, { params: { zoneId: ZONE_ID } });
  const client = new ZoneClient(new WebSocket(url, { perMessageDeflate: false }) as never, ticket);
  await client.ready;
  client.run();
  return { client, url, ticket };
}

/** Kills one NPC, leaves the zone again, and answers what belongs to the player since. */
export async function hunt(player: WebPlayer): Promise<Trophy> {
  const { client } = await intoZone(player);
  const drops: Drop[] = [];
  client.on('drop', (drop) => drops.push(drop));
  const deadlineMs = performance.now() + HUNT_TIMEOUT_MS;
  while (drops.length === 0) {
    if (performance.now() > deadlineMs) throw new Error(`no kill in ${HUNT_TIMEOUT_MS / 1_000} s`);
    if (client.isDead) client.release();
    await strike(client);
  }
  const { dropId } = drops[0]!;
  // It is Ana's to see: what the others are refused is there.
  await player.api.call(getDrop, { params: { dropId } });
  client.leave();
  const gone = async () =>
    player.api.call(getDrop, { params: { dropId } }).then(
      () => undefined,
      (error: unknown) => (error instanceof ApiError && error.status === 404 ? true : undefined),
    );
  await until('the body to have left the zone', gone);
  const combatId = await until('the fight to be recorded', async () => {
    const { sessions } = await player.api.call(listSessions, {});
    return sessions[0]?.combatId;
  });
  const { items } = await player.api.call(listInventory, {});
  return { dropId, combatId, itemId: items[0]!.itemId };
}

/** One step of the hunt: a blow at the nearest living NPC, or some metres towards it. */
async function strike(client: ZoneClient): Promise<void> {
  const here = client.place;
  const alive: readonly number[] = [entityStates.alive, entityStates.fighting];
  const [nearest] = [...client.replica.entities.values()]
    .filter(({ sort, state }) => sort === 1 && alive.includes(state))
    .map((entity) => ({ id: entity.id, at: client.placeOf(entity) }))
    .map(({ id, at }) => ({ id, at, metres: Math.hypot(at.x - here.x, at.y - here.y) }))
    .sort((a, b) => a.metres - b.metres);
  if (nearest && (await client.attack(nearest.id)) !== 'out_of_range') return delay(ATTACK_PAUSE_MS);
  const goal = nearest?.at ?? HUNTING_GROUND;
  const metres = Math.hypot(goal.x - here.x, goal.y - here.y);
  const share = Math.min(1, 3 / Math.max(metres, 0.01));
  // Being stopped on the way by a respawn is no failure.
  await client.walkTo(here.x + (goal.x - here.x) * share, here.y + (goal.y - here.y) * share).catch(() => {});
}
