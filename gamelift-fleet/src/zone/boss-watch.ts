import { TICK_HZ } from '#shared/contract/zone-protocol.ts';
import type { Slug } from '#shared/kernel/ids.ts';
import type { BossFall, BossState } from '../persist/record-ports.ts';
import type { ZoneWriter } from '../persist/zone-writer.ts';
import type { TickOutcome } from '../sim/outcome.ts';
import type { SimState } from '../sim/state.ts';

const TICK_MS = 1_000 / TICK_HZ;

export interface BossWatchContext {
  readonly state: SimState;
  readonly writer: ZoneWriter;
  /** Wall clock. */
  readonly nowMs: () => number;
  /** As the owner before has left them. */
  readonly bosses: readonly BossState[];
}

/** Bosses that the owner before has left dead, as the simulation takes them. */
export function deadBosses(bosses: readonly BossState[], nowMs: number) {
  return bosses.flatMap(({ spawnId, dueAtMs = 0 }) => {
    const ticks = Math.ceil((dueAtMs - nowMs) / TICK_MS);
    return ticks > 0 ? [{ spawnId, index: 0, ticks }] : [];
  });
}

/**
 * The lives of a zone's bosses, beyond those of the zone: each appearance is noted and told once, and a boss that lived
 * when its process died is the same one still.
 */
export class BossWatch {
  private readonly context: BossWatchContext;
  private readonly lives = new Map<string, { life: number; isAlive: boolean }>();

  constructor(context: BossWatchContext) {
    this.context = context;
    for (const { spawnId, life, dueAtMs } of context.bosses)
      this.lives.set(spawnId, { life, isAlive: dueAtMs === undefined });
  }

  /** Notes the bosses among those who have appeared. */
  appeared(spawned: TickOutcome['spawned']): void {
    const { writer, state } = this.context;
    const { entities, zone } = state;
    for (const { slot, npcKind, spawnId } of spawned) {
      const kind = zone.npcKinds[npcKind]!;
      if (kind.rank !== 'boss') continue;
      const known = this.lives.get(spawnId) ?? { life: 0, isAlive: false };
      if (known.isAlive) continue;
      const life = known.life + 1;
      this.lives.set(spawnId, { life, isAlive: true });
      const npc = { npcKind: kind.id as Slug, npcLevel: kind.level };
      writer.recordBossSpawn({ spawnId, life, ...npc, x: entities.x[slot]!, y: entities.y[slot]! });
    }
  }

  /** What is to be written of a boss's death, once; undefined: it was none. */
  fell({ npcKind, spawnId, respawnTicks }: NpcFall): BossFall | undefined {
    const { state, nowMs } = this.context;
    if (state.zone.npcKinds[npcKind]!.rank !== 'boss') return undefined;
    const life = this.lives.get(spawnId)?.life ?? 1;
    this.lives.set(spawnId, { life, isAlive: false });
    return { spawnId, life, dueAtMs: Math.round(nowMs() + respawnTicks * TICK_MS) };
  }
}

interface NpcFall {
  readonly npcKind: number;
  readonly spawnId: string;
  readonly respawnTicks: number;
}
