import { TICK_HZ } from '#shared/contract/zone-protocol.ts';
import type { AccountId, CharacterId, Slug } from '#shared/kernel/ids.ts';
import type { CharacterZoneState } from '../persist/character-ports.ts';
import type { ZonePorts } from '../persist/ports.ts';
import type { ZoneWriter } from '../persist/zone-writer.ts';
import type { PlayerSnapshot } from '../sim/outcome.ts';
import type { Simulation } from '../sim/simulation.ts';
import type { Resident } from './residents.ts';

const SAVE_EVERY_TICKS = 30 * TICK_HZ;

type SaveReason = Parameters<ZonePorts['saveCharacterState']>[1]['reason'];

/** Saves where characters are: on entering, on leaving, and every half minute what has changed. */
export class CharacterSaves {
  private readonly zoneId: Slug;
  private readonly sim: Simulation;
  private readonly writer: ZoneWriter;

  constructor(zoneId: Slug, sim: Simulation, writer: ZoneWriter) {
    this.zoneId = zoneId;
    this.sim = sim;
    this.writer = writer;
  }

  save(
    { characterId, accountId, x, y, yaw, health, carried }: PlayerSnapshot & Pick<CharacterZoneState, 'carried'>,
    reason: SaveReason,
  ): void {
    this.writer.save({
      characterId: characterId as CharacterId,
      accountId: accountId as AccountId,
      zoneId: this.zoneId,
      x,
      y,
      yaw,
      health,
      ...(carried ? { carried } : {}),
      sequence: this.sim.tick,
      reason,
    });
  }

  /** Saves a resident whose turn has come, if there is anything new. */
  refresh(resident: Resident): void {
    const { tick } = this.sim;
    if (resident.slot === 0 || tick - resident.savedTick < SAVE_EVERY_TICKS) return;
    resident.savedTick = tick;
    const state = this.sim.snapshot(resident.slot);
    const seen = JSON.stringify(state);
    if (!state || seen === resident.saved) return;
    resident.saved = seen;
    this.save(state, 'periodic');
  }
}
