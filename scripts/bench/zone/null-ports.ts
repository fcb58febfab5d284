import type { ZonePorts } from '#fleet/src/persist/ports.ts';
import type { RecordedDrop } from '#fleet/src/persist/record-ports.ts';
import type { Slug } from '#shared/kernel/ids.ts';

const NO_DROPS: readonly RecordedDrop[] = [];
type Redeem = ZonePorts['redeemTicket'];

/** An outside that answers at once and keeps nothing; tickets are whatever `redeem` makes of them. */
export function nullPorts(redeem: Redeem): ZonePorts {
  const done = async () => {};
  return {
    claimZone: async () => ({ epoch: 1 }),
    planMerge: async () => undefined,
    partiesAmong: async () => [],
    renewLease: done,
    releaseZone: done,
    redeemTicket: redeem,
    saveCharacterState: done,
    recordKill: async () => NO_DROPS,
    recordFight: done,
    recordDeath: done,
    reportSuspicion: done,
    bossesOf: async () => [],
    recordBossSpawn: done,
    recordBossFall: done,
    recordVisit: done,
    recordDeed: done,
    recordCache: async () => NO_DROPS,
    tiesOf: async () => ({ quests: [] }),
    enterZone: async () => 1,
    handOffCharacter: async () => true,
    takeOverMemory: async () => undefined,
    noteMemory: done,
    wantedUnits: async (zones) => zones.map((unitId) => ({ unitId, shardId: undefined, leaseUntilMs: undefined })),
    retireUnit: done,
    leaveZone: done,
    endTrade: done,
    pollCommands: async () => [],
    acknowledgeCommand: done,
  };
}

export const BENCH_ZONE = 'bench-world' as Slug;
