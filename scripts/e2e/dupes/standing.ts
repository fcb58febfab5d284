import { WebSocket } from 'ws';
import { ZoneClient } from '#fleet/client/zone-client.ts';
import { enterZone } from '#functions/zone/contract.ts';
import { ZONE_ID } from '../hostile/hunt.ts';
import type { Duper } from './player.ts';

/** Where traders meet: before the vendor, and out of the sight of every NPC that minds them. */
const MEETING_POINT = { x: 82, y: 74 };

/** A body in the zone, and the line to it. */
export interface Standing {
  readonly client: ZoneClient;
  readonly socket: WebSocket;
}

/** Brings a player's body to where all others stand. */
export async function intoZoneOf(player: Duper): Promise<Standing> {
  const { url, ticket } = await player.must(enterZone, { params: { zoneId: ZONE_ID } });
  const socket = new WebSocket(url, { perMessageDeflate: false });
  const client = new ZoneClient(socket as never, ticket);
  await client.ready;
  client.run();
  await client.walkTo(MEETING_POINT.x, MEETING_POINT.y);
  return { client, socket };
}
