import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalCloud, startLocalCloud } from '#scripts/local/cloud.ts';
import { walkThePage } from '#scripts/zone-page/walk-the-page.ts';
import { localInbox } from './inbox.ts';
import { playJourney } from './journey.ts';

const root = new URL('../..', import.meta.url).pathname;
const PLAYERS = 4;

/** The whole backend from its synthesized templates, with real bundles, real stores, a real fleet and real sockets. */
function localCloud(how: { readonly deliverTwice: boolean; readonly portBase: number }) {
  let cloud: LocalCloud | undefined;
  const dataDir = mkdtempSync(join(tmpdir(), 'journey-'));
  beforeAll(async () => {
    cloud = await startLocalCloud({ root, dataDir, build: false, fresh: true, inMemory: true, fleet: true, ...how });
  });
  afterAll(async () => {
    await cloud?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });
  const urlOf = (what: RegExp) => cloud!.addresses.others.find(({ label }) => what.test(label))!.url;
  const journey = async (players: number) => {
    const { httpUrl, adminUrl, socketUrl, controlUrl } = cloud!.addresses;
    return playJourney(
      {
        ...{ players, httpUrl, adminUrl, socketUrl, controlUrl },
        inbox: localInbox(new URL(urlOf(/inbox/i)).origin),
        operatorFile: join(dataDir, 'operator.json'),
        zone: true,
        push: true,
      },
      () => {},
    );
  };
  return { journey, urlOf };
}

describe('on the local cloud', () => {
  const { journey, urlOf } = localCloud({ deliverTwice: false, portBase: 23_000 });

  it('the player’s journey succeeds for every player, and leaves nothing half done', async () => {
    const { problems } = await journey(PLAYERS);
    expect(problems).toEqual([]);
  });

  it('the zone page lets a browser walk, meet others and fight, and shows what the server does', async () => {
    await walkThePage(urlOf(/zone page/i));
  });
});

describe('on a local cloud that delivers every event twice', () => {
  const { journey } = localCloud({ deliverTwice: true, portBase: 24_000 });

  it('the player’s journey has the same outcome', async () => {
    // Deliveries count here, not players.
    const { problems } = await journey(2);
    expect(problems).toEqual([]);
  });
});
