import { saveCharacterState } from '#functions/character/public.ts';
import { type RecordedDrop, recordKill } from '#functions/loot/public.ts';
import { claimZone, enterZone, type ZoneFence } from '#functions/zone/public.ts';
import { DAY_MS } from '#shared/kernel/clock.ts';
import { createId } from '#shared/kernel/ids.ts';
import type { Random } from '#shared/kernel/random.ts';
import type { RestlessPlayer } from './restless-player.ts';

export const ZONE_ID = 'glasswater-docks';
const PREY = { npcKind: 'salvage-drone', npcLevel: 1, spawnId: 'drones-slipway.1', x: 115, y: 95 } as const;
/** Where everybody stands: before the vendor. */
const COUNTER = { x: 90, y: 72 } as const;
/** Loot tables give as much as they can. */
const generous: Random = { int: (_min, max) => max };

/**
 * A zone whose owner writes what a fleet would, and never dies: who stands in it can trade, deal with its vendor and pick
 * up loot. What becomes of a fleet that is killed is tried by `gamelift-fleet`. Needs the open stores of the cloud.
 */
export class StandIn {
  private readonly fence: ZoneFence;
  private kills = 0;
  private saves = 0;

  private constructor(fence: ZoneFence) {
    this.fence = fence;
  }

  static async claim(): Promise<StandIn> {
    const shardId = createId('shd');
    const claimed = await claimZone({ zoneId: ZONE_ID, shardId, url: 'ws://127.0.0.1/zone', leaseMs: DAY_MS });
    return new StandIn({ zoneId: ZONE_ID, shardId, epoch: claimed!.epoch });
  }

  /** Lets players in, and back in whom a new session has brought. */
  async letIn(players: readonly RestlessPlayer[]): Promise<void> {
    for (const { accountId, sessionId, character: characterId } of players) {
      const stay = await enterZone(this.fence, { accountId, sessionId, characterId });
      this.saves += 1;
      await saveCharacterState(this.fence, {
        ...{ characterId, ...COUNTER, yaw: 0, health: 100 },
        ...{ stay, sequence: this.saves },
      });
    }
  }

  /** An NPC dies by the hands of all of them, at some moment of the past: whoever is first takes what it leaves. */
  async kill(players: readonly RestlessPlayer[], killedAtMs: number): Promise<readonly RecordedDrop[]> {
    this.kills += 1;
    const claimants = players.map(({ accountId, character: characterId }) => {
      return { accountId, characterId, level: 1, damage: 100 };
    });
    const kill = { ...PREY, killSeq: this.kills, killedAtMs, combatId: createId('cbt'), claimants };
    return recordKill(this.fence, kill, generous);
  }
}
