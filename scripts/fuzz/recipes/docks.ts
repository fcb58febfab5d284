import { npcs } from '#content/npcs.ts';
import { zones } from '#content/zones.ts';
import { type Kill, type RecordedDrop, recordKill } from '#functions/loot/public.ts';
import { claimZone, enterZone, type ZoneFence } from '#functions/zone/public.ts';
import { HOUR_MS } from '#shared/kernel/clock.ts';
import { createId, type Slug } from '#shared/kernel/ids.ts';
import type { Player, Stage } from '../stage.ts';

export const docks = zones.all.find((zone) => zone.starting)!;

/** The highest draw every time: loot tables give as much as they can. */
const generous = { int: (_min: number, max: number) => max };

/** The zone that the recipes of a stage share: open, and theirs. */
export class Docks {
  readonly fence: ZoneFence;
  private killSeq = 0;
  private readonly stage: Stage;

  private constructor(stage: Stage, fence: ZoneFence) {
    this.stage = stage;
    this.fence = fence;
  }

  private static readonly opened = new WeakMap<Stage, Promise<Docks>>();

  static of(stage: Stage): Promise<Docks> {
    const known = Docks.opened.get(stage) ?? Docks.open(stage);
    Docks.opened.set(stage, known);
    return known;
  }

  private static async open(stage: Stage): Promise<Docks> {
    const shardId = createId('shd');
    const claimed = await claimZone({ zoneId: docks.id, shardId, url: 'wss://zone.test', leaseMs: 24 * HOUR_MS });
    return new Docks(stage, { zoneId: docks.id, shardId, epoch: claimed!.epoch });
  }

  async enter({ actor, pool }: Player): Promise<void> {
    const { accountId, sessionId, characterId } = actor;
    await enterZone(this.fence, { accountId, sessionId, characterId });
    pool.add('zoneId', docks.id);
  }

  /** A kill by the first of these, while the others stand by; they know of what it leaves. */
  async kill(
    players: readonly [Player, ...Player[]],
    npcKind: Slug = npcs.all[0]!.id,
  ): Promise<readonly RecordedDrop[]> {
    this.killSeq += 1;
    const [killer, ...others] = players.map(({ actor: { accountId, characterId } }) => ({
      accountId,
      characterId,
      level: 3,
    }));
    const kill: Kill = {
      killSeq: this.killSeq,
      npcKind,
      npcLevel: 2,
      spawnId: 'drones-slipway.3',
      x: 100,
      y: 80,
      killedAtMs: this.stage.world.clock.nowMs(),
      combatId: createId('cbt'),
      claimants: [{ ...killer!, damage: 100 }],
      nearby: others,
    };
    const drops = await recordKill(this.fence, kill, generous);
    for (const { pool } of players) {
      for (const { dropId, slots } of drops) {
        pool.add('dropId', dropId);
        for (const { slotIndex } of slots) pool.add('slotIndex', String(slotIndex));
      }
    }
    return drops;
  }
}
