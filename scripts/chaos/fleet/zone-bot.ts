import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { ReplicaEntity } from '#fleet/client/replica.ts';
import { type Drop, type SocketLike, ZoneClient } from '#fleet/client/zone-client.ts';
import { entityStates } from '#shared/contract/zone-protocol.ts';
import type { SeededRandom } from '#shared/testing/seeded-random.ts';
import type { PickUpGate } from './pick-up-gate.ts';
import type { Player, ZoneStage } from './zone-stage.ts';

/** A hunter fights and loots where the drones live; a wanderer walks to and fro through a gate between two zones. */
export type BotKind = 'hunter' | 'wanderer';

export const GROUNDS = { x: 112, y: 95, metres: 20 } as const;
/** Both gates, and how far one walks away from each before going back. */
export const GATES = {
  'glasswater-docks': { x: 580, y: 300, away: { x: 566, y: 300 } },
  'ember-terraces': { x: 20, y: 400, away: { x: 34, y: 400 } },
} as const;

const FIRST_ZONE = 'glasswater-docks';
/** Of the gate, with the walk to and fro before it. */
const ARRIVES_WITHIN_M = 30;
const PAUSE_MS = 150;
const NPC = 1;
/** Places of the last seconds: a strike is held against them. */
const TRAIL_MS = 6_000;
const SCREEN_MS = 50;

interface Step {
  readonly atMs: number;
  readonly zoneId: string;
  readonly x: number;
  readonly y: number;
}

/** A player by the reference client, who fights, loots, walks and comes back by itself whatever happens. */
export class ZoneBot {
  readonly kind: BotKind;
  readonly player: Player;
  private readonly stage: ZoneStage;
  private readonly gate: PickUpGate;
  private readonly dice: SeededRandom;
  private client: ZoneClient | undefined;
  private isOver = false;
  private trail: Step[] = [];
  private walked: Step[] = [];
  private screen: ReturnType<typeof setInterval> | undefined;
  /** The last welcome: when, and where. */
  welcomed: Step | undefined;
  isDead = false;
  /** The address that it was sent to last. */
  url = '';
  /** When `enter` has answered it since this was emptied. */
  asks: { readonly atMs: number; readonly isRefused: boolean }[] = [];
  /** What it could not do, though nothing was struck. */
  readonly complaints: string[] = [];
  looted = 0;
  crossings = 0;

  constructor(stage: ZoneStage, gate: PickUpGate, player: Player, kind: BotKind, dice: SeededRandom) {
    this.stage = stage;
    this.gate = gate;
    this.player = player;
    this.kind = kind;
    this.dice = dice;
  }

  /** @param silenceMs as the client's option of that name */
  async enter(silenceMs?: number): Promise<void> {
    let door = await this.door(FIRST_ZONE).catch(() => undefined);
    for (; door === undefined; door = await this.door(FIRST_ZONE).catch(() => undefined)) await delay(PAUSE_MS);
    const client = new ZoneClient(door.socket, door.ticket, {
      zoneId: FIRST_ZONE,
      reconnect: (zoneId) => this.door(zoneId),
      ...(silenceMs === undefined ? {} : { silenceMs }),
    });
    this.client = client;
    client.on('welcome', ({ zoneId, x, y }) => {
      if (this.welcomed && this.welcomed.zoneId !== zoneId) this.crossed(zoneId, x, y);
      this.welcomed = { atMs: performance.now(), zoneId, x, y };
    });
    client.on('tick', () => this.note(client));
    client.on('drop', (drop) => void this.loot(drop));
    client.on('closed', ({ code, reason }) => {
      if (!this.isOver) this.complaints.push(`${this.player.name} was sent away: ${code} ${reason}`);
    });
    client.run();
    await client.ready;
    this.screen = setInterval(() => {
      remember(this.walked, { atMs: performance.now(), zoneId: client.welcome.zoneId, ...client.place });
    }, SCREEN_MS);
  }

  /** It went through a gate, and wherever it was struck on its way, it must come out of the other one. */
  private crossed(zoneId: string, x: number, y: number): void {
    this.crossings += 1;
    const gate = GATES[zoneId as keyof typeof GATES];
    if (Math.hypot(gate.x - x, gate.y - y) <= ARRIVES_WITHIN_M) return;
    this.complaints.push(`${this.player.name} came through the gate to ${x.toFixed(1)}/${y.toFixed(1)} of ${zoneId}`);
  }

  private async door(zoneId: string) {
    const reply = await this.stage.call('enter', { actor: this.player, params: { zoneId } });
    this.asks.push({ atMs: performance.now(), isRefused: reply.status !== 200 });
    if (reply.status !== 200) {
      const { retryAfterMs } = reply;
      throw Object.assign(new Error(String(reply.body.code)), { retryAfterMs });
    }
    this.url = String(reply.body.url);
    const socket = new WebSocket(this.url);
    // One that is given up before it was open says so.
    socket.on('error', () => {});
    return { socket: socket as unknown as SocketLike, ticket: String(reply.body.ticket) };
  }

  private note(client: ZoneClient): void {
    const { self } = client;
    if (!self) return;
    this.isDead = client.isDead;
    const atMs = performance.now();
    const { zoneId, originX, originY } = client.welcome;
    remember(this.trail, { atMs, zoneId, x: originX + self.x, y: originY + self.y });
  }

  /** Where the server had it, over the last seconds. */
  get steps(): readonly Step[] {
    return this.trail;
  }

  /** Where its own screen had it, ahead of the server and while nothing is heard of that. */
  get shownSteps(): readonly Step[] {
    return this.walked;
  }

  /** Until `stop`. */
  async play(): Promise<void> {
    while (!this.isOver) {
      await delay(this.dice.int(PAUSE_MS / 2, PAUSE_MS * 2));
      const { client } = this;
      if (!client || this.isOver) return;
      if (client.isDead) client.release();
      else if (this.kind === 'hunter') await this.hunt(client).catch(() => {});
      else await this.wander(client).catch(() => {});
    }
  }

  private async hunt(client: ZoneClient): Promise<void> {
    const prey = nearest(client);
    if (!prey) {
      const [dx, dy] = [this.dice.int(-GROUNDS.metres, GROUNDS.metres), this.dice.int(-GROUNDS.metres, GROUNDS.metres)];
      return this.walk(client, GROUNDS.x + dx, GROUNDS.y + dy);
    }
    const at = client.placeOf(prey);
    if ((await client.attack(prey.id)) === 'out_of_range') await this.walk(client, at.x, at.y);
  }

  private async wander(client: ZoneClient): Promise<void> {
    const gate = GATES[client.welcome.zoneId as keyof typeof GATES];
    if (!gate) return;
    const { x, y } = client.place;
    const isInside = Math.hypot(gate.x - x, gate.y - y) < 9;
    if (isInside) await this.walk(client, gate.away.x, gate.away.y);
    else await this.walk(client, gate.x, gate.y);
  }

  /** A few steps at a time: on the way anything may happen. */
  private async walk(client: ZoneClient, x: number, y: number): Promise<void> {
    const arrived = client.walkTo(x, y).catch(() => {});
    await Promise.race([arrived, delay(1_500)]);
  }

  private async loot(drop: Drop): Promise<void> {
    for (const { slotIndex, reservedFor } of drop.slots) {
      if (reservedFor !== undefined && reservedFor !== this.player.characterId) continue;
      const params = { dropId: drop.dropId, slotIndex: String(slotIndex) };
      const request = { actor: this.player, params, idempotencyKey: `${drop.dropId}-${slotIndex}` };
      const reply = await this.gate.through(() => this.stage.call('pick-up', request)).catch(() => undefined);
      if (reply && reply.status < 300) this.looted += 1;
      if (reply && reply.status >= 500 && reply.status !== 503)
        this.complaints.push(`picking up answered ${reply.status} ${String(reply.body.code)}`);
    }
  }

  stop(): void {
    this.isOver = true;
    clearInterval(this.screen);
    this.client?.disconnect();
  }
}

function remember(steps: Step[], step: Step): void {
  steps.push(step);
  while (steps[0]!.atMs < step.atMs - TRAIL_MS) steps.shift();
}

function nearest(client: ZoneClient): ReplicaEntity | undefined {
  const here = client.place;
  let found: { readonly entity: ReplicaEntity; readonly metres: number } | undefined;
  for (const entity of client.replica.entities.values()) {
    const isAlive = entity.state === entityStates.alive || entity.state === entityStates.fighting;
    if (entity.sort !== NPC || !isAlive) continue;
    const at = client.placeOf(entity);
    const metres = Math.hypot(at.x - here.x, at.y - here.y);
    if (!found || metres < found.metres) found = { entity, metres };
  }
  return found?.entity;
}
