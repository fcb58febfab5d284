import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { type Drop, ZoneClient } from '#fleet/client/zone-client.ts';
import { listInventory } from '#functions/inventory/contract.ts';
import { pickUp } from '#functions/loot/contract.ts';
import { getProgression } from '#functions/progression/contract.ts';
import { acceptQuest, listQuests } from '#functions/quest/contract.ts';
import { enterZone } from '#functions/zone/contract.ts';
import { ApiError } from '#shared/client/api-client.ts';
import { Hunter, type Prey } from './hunter.ts';
import type { JourneyPlayer } from './player.ts';
import { until } from './until.ts';

/** Where the journey plays, and the quest that leads through all of it. */
const ZONE_ID = 'glasswater-docks';
const QUEST_ID = 'first-salvage';
const DRONES: Prey = { npcKind: 'salvage-drone', grounds: [[115, 95]] };
const COURIERS: Prey = {
  npcKind: 'gilded-courier',
  grounds: [
    [150, 150],
    [185, 150],
    [150, 185],
    [115, 150],
    [150, 115],
  ],
};
/** Kills after which a player without the quest's item has had a fair chance many times over. */
const MAX_KILLS = 12;

/** Who did most in a kill has a head start of this much at most before all others who had a part in it. */
const HEAD_START_MS = 5_000;
const MAX_TAKES = 3;

/** What a player does in the world, from the quest's giver to its reward. */
export class Adventure {
  readonly pickedUp: { itemId: string; templateId: string; quality: string; count: number }[] = [];
  zone: ZoneClient | undefined;
  /** How the zone ended the connection, once it has. */
  closed: { code: number; reason: string } | undefined;
  private readonly player: JourneyPlayer;
  private socket: WebSocket | undefined;
  private hunter: Hunter | undefined;

  constructor(player: JourneyPlayer) {
    this.player = player;
  }

  private step<T>(name: string, run: () => Promise<T>): Promise<T> {
    return this.player.step(name, run);
  }

  /** Takes the quest that the rest of the journey fulfils. */
  async acceptQuest(): Promise<void> {
    await this.step('4 accept quest', () => this.player.api.call(acceptQuest, { params: { questId: QUEST_ID } }));
  }

  private async door() {
    const { url, ticket } = await this.player.api.call(enterZone, { params: { zoneId: ZONE_ID } });
    this.socket = new WebSocket(url, { perMessageDeflate: false });
    return { socket: this.socket as never, ticket };
  }

  async enterZone(): Promise<void> {
    await this.step('4 enter zone', async () => {
      const { socket, ticket } = await this.door();
      const client = new ZoneClient(socket, ticket, { zoneId: ZONE_ID, reconnect: () => this.door() });
      client.on('closed', (end) => {
        this.closed = end;
      });
      await client.ready;
      client.run();
      this.zone = client;
      this.closed = undefined;
      this.hunter = new Hunter(client);
    });
  }

  /** Walks a little, and sees another player do the same. */
  async walkAndWatch(): Promise<void> {
    const zone = this.zone!;
    await this.step('4 move, and see another player move', async () => {
      const seen = new Map<number, string>();
      const othersMove = until('another player to move', () => {
        for (const entity of zone.replica.entities.values()) {
          if (entity.sort !== 0 || entity.id === zone.welcome.entityId) continue;
          const place = `${entity.x.toFixed(2)} ${entity.y.toFixed(2)}`;
          const before = seen.get(entity.id);
          seen.set(entity.id, place);
          if (before !== undefined && before !== place) return true;
        }
        return undefined;
      });
      const { x, y } = zone.place;
      const pacing = (async () => {
        for (const metres of [2, 0, 3, 0, 2]) await zone.walkTo(x + metres, y);
      })();
      await Promise.all([othersMove, pacing]);
    });
  }

  /** Fights and loots until the quest is done. In the first fight the zone's line breaks. */
  async fightForQuest(): Promise<void> {
    for (let kills = 0; kills < MAX_KILLS; kills += 1) {
      const broken = kills === 0 ? this.breakTheLine() : undefined;
      const drop = await this.step('4 fight an NPC to its death', () => this.hunter!.kill(DRONES));
      await broken;
      await this.step('4 pick up loot', () => this.loot(drop));
      if (await this.isQuestDone()) return;
    }
    throw new Error(`quest ${QUEST_ID} is not done after ${MAX_KILLS} kills`);
  }

  /** Cuts the socket at the first blow, and has the client come back to the same body with nothing missed. */
  private async breakTheLine(): Promise<void> {
    const zone = this.zone!;
    await new Promise<void>((resolve) => {
      const seen = zone.on('combat', () => {
        seen();
        resolve();
      });
    });
    await this.step('4 line cut in the fight: resumed', async () => {
      const resumed = new Promise<{ isSameBody: boolean; missed: readonly string[] }>((resolve, reject) => {
        zone.on('resumed', resolve);
        zone.on('closed', ({ code, reason }) => reject(new Error(`closed for good: ${code} ${reason}`)));
      });
      this.socket!.terminate();
      const { isSameBody, missed } = await resumed;
      if (!isSameBody) throw new Error('another body was waiting');
      if (missed.length > 0) throw new Error(`messages of ${missed.join(', ')} were missed`);
    });
  }

  /** Kills what always drops a legendary. */
  async huntLegendary(): Promise<void> {
    const drop = await this.step('4 hunt what drops a legendary', () => this.hunter!.kill(COURIERS));
    await this.step('4 pick up loot', () => this.loot(drop));
    if (!this.pickedUp.some(({ quality }) => quality === 'legendary')) throw new Error('no legendary was in the drop');
  }

  private async isQuestDone(): Promise<boolean> {
    const wanted = this.pickedUp.some(({ templateId }) => templateId === 'drone-memory-core');
    if (!wanted) return false;
    await this.step('4 quest completed', () =>
      until('the quest to leave the log, rewarded', async () => ((await this.isQuestInLog()) ? undefined : true)),
    );
    return true;
  }

  async isQuestInLog(): Promise<boolean> {
    const { quests } = await this.player.api.call(listQuests, { query: { limit: '100' } });
    return quests.some(({ questId }) => questId === QUEST_ID);
  }

  private async loot(drop: Drop): Promise<void> {
    const { api } = this.player;
    for (const { slotIndex, reservedFor } of drop.slots) {
      // Of what quests ask for everybody who had a share in the kill has their own.
      if (reservedFor !== undefined && reservedFor !== this.player.characterId) continue;
      const params = { dropId: drop.dropId, slotIndex: String(slotIndex) };
      const taken = await this.afterTheOthers(() => api.call(pickUp, { params }));
      if (taken) this.pickedUp.push(taken.item);
    }
    await this.checkHoldings();
  }

  /** Who did more in the kill takes first, a few seconds before the others; what they leave is there to be taken. */
  private async afterTheOthers<T>(take: () => Promise<T>): Promise<T | undefined> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await take();
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (error.code === 'loot.already_taken') return undefined;
        if (error.code !== 'loot.not_eligible' || tries === MAX_TAKES) throw error;
        await delay(HEAD_START_MS);
      }
    }
  }

  /** Everything that was picked up is held, once. */
  async checkHoldings(): Promise<void> {
    const { items } = await this.player.api.call(listInventory, { query: { limit: '100' } });
    for (const { itemId, templateId, count } of this.pickedUp) {
      const held = items.filter((item) => item.itemId === itemId);
      if (held.length !== 1 || held[0]!.count !== count)
        throw new Error(`${templateId} ${itemId} is held ${held.length} times`);
    }
  }

  /** What the reward must have done. */
  async checkProgress(): Promise<void> {
    await this.step('4 quest notification pushed', () => this.player.notified('quest.completed'));
    await this.step('4 experience and level', () =>
      until('experience from the quest', async () => {
        const { xp } = await this.player.api.call(getProgression, {});
        return xp >= 400 ? xp : undefined;
      }),
    );
    if (this.pickedUp.some(({ quality }) => quality === 'legendary')) {
      await this.step('4 achievement first_legendary', () => this.player.notified('first-legendary'));
    }
  }
}
