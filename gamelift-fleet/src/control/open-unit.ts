import { randomInt } from 'node:crypto';
import type { ZonePorts } from '../persist/ports.ts';
import type { BossState } from '../persist/record-ports.ts';
import type { ZoneFence } from '../persist/unit-ports.ts';
import { type Delay, ZoneWriter } from '../persist/zone-writer.ts';
import type { InputLog } from '../replay/input-log.ts';
import type { ZoneDefinition } from '../sim/definition.ts';
import type { Defer } from '../zone/outbox.ts';
import { TickMeter } from '../zone/tick-meter.ts';
import type { Recovery } from '../zone/unit-notes.ts';
import { Zone } from '../zone/zone.ts';

export interface ShardReport {
  info(message: string, facts: Readonly<Record<string, unknown>>): void;
  error(message: string, facts: Readonly<Record<string, unknown>>): void;
}

/** What every unit of a process is run with. */
export interface UnitOptions {
  readonly ports: ZonePorts;
  readonly maxPlayersPerZone: number;
  /** Monotonic. */
  readonly nowMs: () => number;
  readonly wallClockMs: () => number;
  readonly delay: Delay;
  readonly report: ShardReport;
  readonly seed?: () => number;
  /** See {@link ZoneOptions.defer}. */
  readonly defer?: Defer | undefined;
  /** Told how long each tick of a unit took. */
  readonly took?: ((ms: number) => void) | undefined;
  /** Opens a log of inputs for a unit's new life. */
  readonly inputLog?: ((unitId: string, epoch: number, seed: number) => InputLog) | undefined;
}

/** What is known of a unit's life before. */
interface Legacy {
  readonly recovery: Recovery | undefined;
  readonly bosses: readonly BossState[];
}

/**
 * What the owner before has noted down, and which bosses are dead still. A unit of which that cannot be read is given
 * back: the notes would be lost, and the bosses there again.
 */
export async function takeOver(ports: ZonePorts, fence: ZoneFence): Promise<Legacy> {
  try {
    const [recovery, bosses] = await Promise.all([ports.takeOverMemory(fence), ports.bossesOf(fence)]);
    return { recovery, bosses };
  } catch (cause) {
    await ports.releaseZone(fence);
    throw cause;
  }
}

/** A unit in the life that was claimed. `fenced` is told once when the stores refuse it as its owner. */
export function openUnit(
  options: UnitOptions,
  life: {
    readonly definition: ZoneDefinition;
    readonly fence: ZoneFence;
    readonly left: Legacy;
    readonly fenced: () => void;
  },
): Zone {
  const { definition, fence, left, fenced } = life;
  const { report } = options;
  const writer = new ZoneWriter(
    options.ports,
    fence,
    {
      fenced,
      refused: ({ characterId, sessionId }, reason) => zone.expel(characterId, reason, sessionId),
      lost: (what, cause) => report.error('write failed for good', { ...fence, what, cause }),
    },
    options.delay,
  );
  const seed = options.seed?.() ?? randomInt(2 ** 31);
  const inputLog = options.inputLog?.(fence.zoneId, fence.epoch, seed);
  const zone: Zone = new Zone({
    definition,
    writer,
    seed,
    meter: new TickMeter(options.nowMs, { took: options.took }),
    nowMs: options.wallClockMs,
    maxPlayers: options.maxPlayersPerZone,
    defer: options.defer,
    ...left,
    suspected: ({ noticed: _stored, ...suspicion }) =>
      report.info('player suspected', { zoneId: fence.zoneId, ...suspicion }),
    ...(inputLog && { record: (tick, inputs) => inputLog.record(zone.sim, tick, inputs) }),
  });
  return zone;
}
