import { ZoneClient } from '#fleet/client/zone-client.ts';
import { Guest, type Keyring, sideLine } from './guest.ts';

/** A network may open some dozens of guests a day. */
export const MAX_BOTS = 12;
/** How far bots stray from where they came in. */
const ROAM_METRES = 18;

/** A guest of its own that walks about the place where it came in, until the page is closed. */
export async function addBot(zoneId: string, keyring: Keyring): Promise<void> {
  const guest = new Guest();
  await guest.play(keyring, 'Bot');
  const { socket, ticket } = await guest.door(zoneId);
  const client = new ZoneClient(socket, ticket, {
    zoneId,
    reconnect: (next) => guest.door(next),
    sideLine: (main) => sideLine(main),
  });
  let isOver = false;
  client.on('closed', () => {
    isOver = true;
  });
  await client.ready;
  client.run();
  const home = client.place;
  void (async () => {
    while (!isOver) {
      const angle = Math.random() * 2 * Math.PI;
      const metres = Math.sqrt(Math.random()) * ROAM_METRES;
      await client.walkTo(home.x + Math.cos(angle) * metres, home.y + Math.sin(angle) * metres).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 400 + Math.random() * 1_600));
      if (client.isDead) client.release();
    }
  })();
}
