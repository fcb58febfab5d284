import { setTimeout as delay } from 'node:timers/promises';
import type { ReplicaEntity } from '#fleet/client/replica.ts';
import type { Drop, ZoneClient } from '#fleet/client/zone-client.ts';
import { entityStates } from '#shared/contract/zone-protocol.ts';
import { until } from './until.ts';

/** Which NPCs, and where to walk while none is in sight. */
export interface Prey {
  readonly npcKind: string;
  /** Walked round in this order, in metres of the zone's map. */
  readonly grounds: readonly (readonly [x: number, y: number])[];
}

const NPC = 1;
const ATTACK_PAUSE_MS = 250;
const STEP_METRES = 3;
const FIGHT_TIMEOUT_MS = 180_000;

/** Fights in a zone through the client, as a player with patience would. */
export class Hunter {
  private readonly zone: ZoneClient;
  private readonly drops: Drop[] = [];
  /** The connection has ended for good: one that broke comes back by itself. */
  private isOver = false;

  constructor(zone: ZoneClient) {
    this.zone = zone;
    zone.on('drop', (drop) => this.drops.push(drop));
    zone.on('closed', () => {
      this.isOver = true;
    });
  }

  /** Attacks the nearest of this kind until one is dead, and answers its drop. @throws Error after 3 minutes. */
  async kill({ npcKind, grounds }: Prey): Promise<Drop> {
    const { zone } = this;
    const known = this.drops.length;
    const deadlineMs = performance.now() + FIGHT_TIMEOUT_MS;
    let ground = 0;
    while (performance.now() < deadlineMs) {
      const drop = this.drops.slice(known).find((one) => one.npcKind === npcKind);
      if (drop) return drop;
      if (zone.isDead) await this.comeBack();
      const target = this.nearest(npcKind);
      if (!target) {
        const [x, y] = grounds[ground % grounds.length]!;
        if (await this.isThereAfterStep(x, y)) ground += 1;
        continue;
      }
      const answer = await zone.attack(target.id);
      if (this.isOver) throw new Error('the zone ended the connection in the middle of a fight');
      if (answer === 'out_of_range') {
        const { x, y } = zone.placeOf(target);
        await this.isThereAfterStep(x, y);
      } else {
        await delay(ATTACK_PAUSE_MS);
      }
    }
    throw new Error(`no ${npcKind} was killed in ${FIGHT_TIMEOUT_MS / 1_000} s`);
  }

  private async comeBack(): Promise<void> {
    this.zone.release();
    await until('the respawn', () => (this.zone.isDead ? undefined : true));
  }

  private nearest(npcKind: string): ReplicaEntity | undefined {
    const { zone } = this;
    const kind = zone.welcome.npcKinds.find(({ id }) => id === npcKind)?.index;
    const here = zone.place;
    let nearest: { entity: ReplicaEntity; metres: number } | undefined;
    for (const entity of zone.replica.entities.values()) {
      const alive = entity.state === entityStates.alive || entity.state === entityStates.fighting;
      if (entity.sort !== NPC || entity.kind !== kind || !alive) continue;
      const at = zone.placeOf(entity);
      const metres = Math.hypot(at.x - here.x, at.y - here.y);
      if (!nearest || metres < nearest.metres) nearest = { entity, metres };
    }
    return nearest?.entity;
  }

  /** Goes a few metres towards a place; being stopped on the way (a respawn, a correction) is no failure. */
  private async isThereAfterStep(x: number, y: number): Promise<boolean> {
    const here = this.zone.place;
    const metres = Math.hypot(x - here.x, y - here.y);
    const share = metres <= STEP_METRES ? 1 : STEP_METRES / metres;
    await this.zone.walkTo(here.x + (x - here.x) * share, here.y + (y - here.y) * share).catch(() => {});
    return share === 1;
  }
}
