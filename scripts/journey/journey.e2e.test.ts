import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type LocalCloud, startLocalCloud } from '#scripts/local/cloud.ts';
import { localInbox } from './inbox.ts';
import { playJourney } from './journey.ts';

const root = new URL('../..', import.meta.url).pathname;
const PLAYERS = 4;

/** The whole backend from its synthesized templates, with real bundles, real stores, a real fleet and real sockets. */
describe('the player’s journey on the local cloud', () => {
  let cloud: LocalCloud | undefined;
  let dataDir: string;

  afterEach(async () => {
    await cloud?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const journey = async (deliverTwice: boolean) => {
    dataDir = mkdtempSync(join(tmpdir(), 'journey-'));
    cloud = await startLocalCloud({
      root,
      dataDir,
      build: false,
      fresh: true,
      inMemory: true,
      deliverTwice,
      fleet: true,
      portBase: deliverTwice ? 24_000 : 23_000,
    });
    const { httpUrl, adminUrl, socketUrl, controlUrl, others } = cloud.addresses;
    const inbox = others.find(({ label }) => /inbox|mail/i.test(label))!;
    return playJourney(
      {
        // Deliveries count here, not players.
        players: deliverTwice ? 2 : PLAYERS,
        httpUrl,
        adminUrl,
        socketUrl,
        controlUrl,
        inbox: localInbox(new URL(inbox.url).origin),
        operatorFile: join(dataDir, 'operator.json'),
        zone: true,
        push: true,
      },
      () => {},
    );
  };

  it('succeeds for every player, and leaves nothing half done', async () => {
    const { problems } = await journey(false);
    expect(problems).toEqual([]);
  });

  it('has the same outcome when every event is delivered twice', async () => {
    const { problems } = await journey(true);
    expect(problems).toEqual([]);
  });
});
