import { clock } from '#shared/kernel/clock.ts';
import type { Slug } from '#shared/kernel/ids.ts';
import { unitParts, zoneOf } from '#shared/kernel/zone-unit.ts';
import { zoneOperation } from './operation.ts';
import { isLive } from './rules.ts';
import { closeInstanceWrite } from './store-instances.ts';
import {
  claimLease,
  endLease,
  extendLease,
  type Lease,
  readLeases,
  retireWrites,
  type ZoneFence,
} from './store-leases.ts';
import { dropUnitWrite, listUnits } from './store-units.ts';

/** Of one request to the table. */
const MAX_LEASES_READ = 100;

/**
 * Takes a zone that nobody owns or whose lease has run out, with the next epoch. A shard that finds itself as the owner
 * claims anew. Undefined while another shard holds it.
 */
export async function claimZone(request: {
  readonly zoneId: Slug;
  readonly shardId: string;
  /** Public address of the zone's socket on this shard. */
  readonly url: string;
  readonly leaseMs: number;
}): Promise<{ readonly epoch: number } | undefined> {
  const nowMs = clock.nowMs();
  const { zoneId, shardId, url, leaseMs } = request;
  return claimLease({ zoneId, shardId, url, nowMs, leaseUntilMs: nowMs + leaseMs });
}

/**
 * Extends the caller's lease by `leaseMs` from now and tells the zone's population.
 * @throws GameError `zone.fenced` unless owner and epoch are the caller's.
 */
export async function renewLease(
  fence: ZoneFence,
  state: { readonly leaseMs: number; readonly players: number },
): Promise<void> {
  const renewedAtMs = clock.nowMs();
  await extendLease(fence, { leaseUntilMs: renewedAtMs + state.leaseMs, renewedAtMs, players: state.players });
}

/** A unit that should be run, and by whom it is. */
export interface WantedUnit {
  readonly unitId: Slug;
  /** Unset: by nobody. */
  readonly shardId: string | undefined;
  /** When the lease of that one ends unless it is renewed; unset with it. */
  readonly leaseUntilMs: number | undefined;
}

/** Every unit that should be run: the first layers of these zones, and what was opened beside them. */
export async function wantedUnits(zoneIds: readonly Slug[]): Promise<readonly WantedUnit[]> {
  const opened = (await listUnits()).filter((unitId) => zoneIds.includes(zoneOf(unitId)));
  const unitIds = [...zoneIds, ...opened];
  const leases = new Map<string, Lease>();
  for (let start = 0; start < unitIds.length; start += MAX_LEASES_READ) {
    const read = await readLeases(unitIds.slice(start, start + MAX_LEASES_READ));
    for (const lease of read) if (isLive(lease, clock.nowMs())) leases.set(lease.zoneId, lease);
  }
  return unitIds.map((unitId) => {
    const { shardId, leaseUntilMs } = leases.get(unitId) ?? {};
    return { unitId, shardId, leaseUntilMs };
  });
}

/**
 * Closes a layer or an instance that the caller owns: nobody runs it any more.
 * @throws GameError `zone.fenced` when it is another's.
 */
export async function retireUnit(fence: ZoneFence): Promise<void> {
  const { instanceId } = unitParts(fence.zoneId);
  const closed = instanceId ? [closeInstanceWrite(instanceId)] : [];
  await zoneOperation(fence.zoneId).commit({
    writes: [...retireWrites(fence), dropUnitWrite(fence.zoneId), ...closed],
  });
}

/** Ends the caller's lease at once; a lease that is another's by now is left alone without an error. */
export async function releaseZone(fence: ZoneFence): Promise<void> {
  await endLease(fence, clock.nowMs());
}
