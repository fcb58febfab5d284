import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { valueComplaints } from '#scripts/chaos/value-audit.ts';
import { ValueStores } from '#scripts/chaos/value-stores.ts';
import { leftovers } from '#scripts/journey/settled.ts';
import { type LocalCloud, startLocalCloud } from '#scripts/local/cloud.ts';
import { type CharacterId, createId } from '#shared/kernel/ids.ts';
import type { Addresses } from '../hostile/web-player.ts';
import { Duper } from './player.ts';

/** A local cloud with two who trade, and one with two characters who writes mail to herself. */
export interface DupeWorld {
  readonly cloud: LocalCloud;
  readonly addresses: Addresses;
  readonly stores: ValueStores;
  readonly ana: Duper;
  readonly bob: Duper;
  readonly cyd: Duper;
  /** Cyd's characters: mail between them arrives at once. */
  readonly cyds: readonly [CharacterId, CharacterId];
  readonly dataDir: string;
  /** Waits until nothing is under way, and finds all value in order. */
  audit(): Promise<void>;
  stop(): Promise<void>;
}

export async function startDupeWorld(portBase: number): Promise<DupeWorld> {
  const dataDir = mkdtempSync(join(tmpdir(), 'dupes-'));
  chmodSync(dataDir, 0o755);
  const root = new URL('../../..', import.meta.url).pathname;
  const options = {
    ...{ root, dataDir, portBase, build: false, fresh: true, inMemory: true, deliverTwice: false, fleet: true },
  };
  const closing: (() => Promise<void> | void)[] = [() => rmSync(dataDir, { recursive: true, force: true })];
  const stop = async () => {
    for (const close of closing.reverse()) await close();
  };
  try {
    const cloud = await startLocalCloud(options);
    closing.push(() => cloud.stop());
    const inbox = cloud.addresses.others.find(({ label }) => /inbox|mail/i.test(label))!;
    const addresses = { ...cloud.addresses, inboxUrl: new URL(inbox.url).origin };
    const { sdkEnvironment } = cloud.addresses;
    const stores = await ValueStores.open({ sdkEnvironment, postgresPort: cloud.context.ports.of('postgres') });
    closing.push(() => stores.close());
    const [ana, bob, cyd] = await Promise.all([1, 2, 3].map((index) => Duper.register(addresses, index)));
    const cyds = [cyd!.characterId, await cyd!.secondCharacter(3)] as const;
    const players = { ana: ana!, bob: bob!, cyd: cyd! };
    // Who is not heard of for 75 seconds drops out of trades.
    const pulse = setInterval(() => void Promise.allSettled(Object.values(players).map((one) => one.beat())), 30_000);
    closing.push(() => clearInterval(pulse));
    const audit = async () => {
      expect(await leftovers(addresses.controlUrl)).toEqual([]);
      expect(await valueComplaints(stores)).toEqual([]);
    };
    return { cloud, addresses, stores, ...players, cyds, dataDir, audit, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A key that was not used before. */
export const freshKey = (): string => createId('opr');
