import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { type LocalCloud, startLocalCloud } from '#scripts/local/cloud.ts';
import { localInbox } from './inbox.ts';
import { type JourneyResult, playJourney } from './journey.ts';

const root = new URL('../..', import.meta.url).pathname;

/**
 * The whole backend from its synthesized templates, with real bundles, real stores, a real fleet and real sockets; it
 * runs while the tests of the file that calls this do.
 */
export function localJourney(how: { readonly deliverTwice: boolean; readonly portBase: number }) {
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
  const journey = async (players: number): Promise<JourneyResult> => {
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
