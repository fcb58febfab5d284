import type { ZoneClient } from '#fleet/client/zone-client.ts';
import { entityStates } from '#shared/contract/zone-protocol.ts';
import type { Heading } from './keyboard.ts';

const ATTACK_EVERY_MS = 300;
/** Close enough is this share of the attack's range, since the target moves too. */
const CLOSE_SHARE = 0.7;

/** Goes after one target and strikes it until it is dead, out of view, or the player walks elsewhere. */
export class Chase {
  private readonly client: ZoneClient;
  private readonly told: (targetId: number, answer: string) => void;
  private targetId: number | undefined;
  private strikeMs = 0;

  constructor(client: ZoneClient, told: (targetId: number, answer: string) => void) {
    this.client = client;
    this.told = told;
  }

  begin(targetId: number): void {
    this.targetId = targetId;
    this.strikeMs = 0;
  }

  stop(): void {
    this.targetId = undefined;
  }

  /** One client tick: strikes when it is time, and answers where to go to be in reach. */
  step(nowMs: number): Heading | undefined {
    const { client } = this;
    const target = this.targetId === undefined ? undefined : client.replica.entities.get(this.targetId);
    if (!target || target.state === entityStates.dead || client.isDead) {
      if (target) this.told(target.id, 'dead');
      this.stop();
      return undefined;
    }
    if (nowMs - this.strikeMs >= ATTACK_EVERY_MS) {
      this.strikeMs = nowMs;
      void client.attack(target.id).then((answer) => {
        if (this.targetId === target.id) this.told(target.id, answer);
      });
    }
    const at = client.placeOf(target);
    const east = at.x - client.place.x;
    const north = at.y - client.place.y;
    const metres = Math.hypot(east, north);
    // What is in its hand reaches so far.
    const range = client.vitals?.attackRange ?? client.welcome.abilities[0]!.range;
    if (metres <= range * CLOSE_SHARE) return undefined;
    return { east: east / metres, north: north / metres };
  }
}
