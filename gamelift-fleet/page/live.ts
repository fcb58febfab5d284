import type { LiveFeed, LiveZone } from '#fleet/src/control/live-feed.ts';

const POLL_MS = 250;

/** Asks the fleet for its zones again and again, and hands over the one that is played. */
export async function followZone(zoneId: string, told: (feed: LiveFeed, zone: LiveZone) => void): Promise<never> {
  for (;;) {
    const feeds = await fetch('live')
      .then((response) => response.json() as Promise<readonly LiveFeed[]>)
      .catch(() => []);
    for (const feed of feeds) {
      const zone = feed.zones.find((one) => one.zoneId === zoneId);
      if (zone) told(feed, zone);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
