import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drawUpCharter } from '#functions/guild/contract.ts';
import { createParty } from '#functions/party/contract.ts';
import { heartbeat } from '#functions/session/contract.ts';
import { type LocalCloud, startLocalCloud } from '#scripts/local/cloud.ts';
import { type StageKey, stageKey } from './forged-tokens.ts';
import { hunt, type Trophy } from './hunt.ts';
import { TableWatch } from './table-watch.ts';
import { type Addresses, registerPlayer, type WebPlayer, withSecondFactor } from './web-player.ts';

/** Whom the stage's configuration makes its first administrator. */
const OPERATOR = 'admin@necpgame.test';

/** A local cloud with four players: Ana owns things, Bob wants them, Cyd is a bystander, Dee is used up. */
export interface World {
  readonly cloud: LocalCloud;
  readonly addresses: Addresses;
  readonly table: TableWatch;
  readonly key: StageKey;
  readonly ana: WebPlayer;
  readonly bob: WebPlayer;
  readonly cyd: WebPlayer;
  /** Hers are the tokens that are stolen and forged; her session ends in the first tests. */
  readonly dee: WebPlayer;
  /** The stage's administrator, in a session that has not stepped up. */
  readonly boss: WebPlayer;
  /** The same in another session, which has shown the second factor. */
  readonly bossAtWork: WebPlayer;
  /** What Ana has from a fight. */
  readonly trophy: Trophy;
  /** The party that she leads, alone. */
  readonly partyId: string;
  /** The charter that she has drawn up. */
  readonly guildId: string;
  readonly dataDir: string;
  stop(): Promise<void>;
}

export async function startWorld(portBase: number): Promise<World> {
  const dataDir = mkdtempSync(join(tmpdir(), 'hostile-'));
  const root = new URL('../../..', import.meta.url).pathname;
  const options = {
    root,
    dataDir,
    portBase,
    build: false,
    fresh: true,
    inMemory: true,
    deliverTwice: false,
    fleet: true,
  };
  const cloud = await startLocalCloud(options).catch((error: unknown) => {
    rmSync(dataDir, { recursive: true, force: true });
    throw error;
  });
  const close = async () => {
    await cloud.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    const inbox = cloud.addresses.others.find(({ label }) => /inbox|mail/i.test(label))!;
    const addresses = { ...cloud.addresses, inboxUrl: new URL(inbox.url).origin };
    const [ana, bob, cyd, dee] = await Promise.all([1, 2, 3, 4].map((index) => registerPlayer(addresses, index)));
    const boss = await registerPlayer(addresses, 5, OPERATOR);
    const bossAtWork = await withSecondFactor(boss);
    const key = await stageKey(cloud);
    const trophy = await hunt(ana!);
    const { partyId } = await ana!.api.call(createParty, { body: {} });
    const { guildId } = await ana!.api.call(drawUpCharter, { body: { name: 'Anas Own' } });
    const stop = async () => {
      table.close();
      await close();
    };
    const players = { ana: ana!, bob: bob!, cyd: cyd!, dee: dee!, boss, bossAtWork };
    // Who is not heard of for 75 seconds is noted as away, which is a change that no attack has made.
    const beat = ({ api }: WebPlayer) => api.call(heartbeat, { body: { active: true } });
    const beats = () => Promise.allSettled([ana!, bob!, cyd!, dee!, boss].map(beat));
    const table = await TableWatch.open(cloud.addresses, beats);
    return { cloud, addresses, table, key, ...players, trophy, partyId, guildId, dataDir, stop };
  } catch (error) {
    await close();
    throw error;
  }
}
