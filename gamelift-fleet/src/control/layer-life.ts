import { instanceLimits, layerLimits, mergeLimits } from '#functions/zone/public.ts';
import { TICK_HZ } from '#shared/contract/zone-protocol.ts';
import { unitParts } from '#shared/kernel/zone-unit.ts';
import { type LayerPort, type ZoneFence, ZoneFenced } from '../persist/unit-ports.ts';
import type { Zone } from '../zone/zone.ts';
import type { ShardReport } from './open-unit.ts';

const TICK_MS = 1_000 / TICK_HZ;

/** A unit in one life of its lease. */
export interface LayerLife {
  readonly zone: Zone;
  readonly fence: ZoneFence;
  /** Its players are being moved into another layer. */
  isMerging: boolean;
}

/**
 * Further layers close after 5 minutes without anybody, after 1 when they were merged; instances after 30. An event that
 * is under way comes to its end first, and what is being written too: nobody would tell of it later.
 */
export function isNeededNoMore({ zone, fence, isMerging }: LayerLife): boolean {
  const { layer } = unitParts(fence.zoneId);
  if (layer === 1 || zone.sim.state.events.runs.size > 0 || zone.writer.pending > 0) return false;
  const ofLayer = isMerging ? mergeLimits.closeAfterMs : layerLimits.closeAfterMs;
  const lastsMs = layer === undefined ? instanceLimits.unloadAfterMs : ofLayer;
  return zone.emptyTicks * TICK_MS >= lastsMs;
}

/** Asks whether a further layer is to be merged into another, and sets some of its players on their way if so. */
export async function mergeLayer(life: LayerLife, ports: LayerPort, report: ShardReport): Promise<void> {
  const { zone, fence } = life;
  if ((unitParts(fence.zoneId).layer ?? 1) === 1) return;
  try {
    const toUnit = await ports.planMerge(fence, zone.players);
    life.isMerging = toUnit !== undefined;
    if (toUnit === undefined) return;
    const candidates = zone.layerShift.candidates();
    if (candidates.length === 0) return;
    zone.layerShift.begin(toUnit, candidates, await ports.partiesAmong(candidates));
  } catch (cause) {
    // Another owner has it by now: the next renewal says so to the zone.
    if (!(cause instanceof ZoneFenced)) report.error('merging failed', { ...fence, cause });
  }
}
