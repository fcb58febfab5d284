import { WebSocket } from 'ws';
import { type Drop, ZoneClient } from '#fleet/client/zone-client.ts';
import { createTicket, login, logout, refresh, register, verifyEmail } from '#functions/auth/contract.ts';
import type { SignedIn } from '#functions/auth/shapes.ts';
import { createCharacter, listCharacters, selectCharacter } from '#functions/character/contract.ts';
import { listInventory } from '#functions/inventory/contract.ts';
import { pickUp } from '#functions/loot/contract.ts';
import { list as listNotifications } from '#functions/notification/contract.ts';
import { getProgression } from '#functions/progression/contract.ts';
import { acceptQuest, listQuests } from '#functions/quest/contract.ts';
import { enterZone } from '#functions/zone/contract.ts';
import { type ApiClient, ApiError, createApiClient } from '#shared/client/api-client.ts';
import { Hunter, type Prey } from './hunter.ts';
import { mailedToken } from './inbox.ts';
import { type Pushed, PushSocket } from './push-socket.ts';
import { signedIn } from './signed-in.ts';
import { spell } from './spell.ts';
import type { JourneyOptions } from './stage-addresses.ts';
import type { StepRecorder } from './step-recorder.ts';
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
const DEFAULT_LOOKS = { classId: 'gunhand', originId: 'gutter-born', appearance: {} } as const;
const PASSWORD = 'rain on glasswater 2077';
/** Kills after which a player without the quest's item has had a fair chance many times over. */
const MAX_KILLS = 12;

/** One player: a real client over real sockets, from registration to logout. */
export class JourneyPlayer {
  readonly name: string;
  readonly email: string;
  readonly api: ApiClient;
  accountId = '';
  characterId = '';
  push: PushSocket | undefined;
  zone: ZoneClient | undefined;
  private hunter: Hunter | undefined;
  readonly pickedUp: { itemId: string; templateId: string; quality: string; count: number }[] = [];
  private token = '';
  private refreshToken = '';
  private zoneClosed: { code: number; reason: string; atMs: number } | undefined;
  private readonly options: JourneyOptions;
  private readonly recorder: StepRecorder;

  constructor(options: JourneyOptions, recorder: StepRecorder, run: string, index: number) {
    this.options = options;
    this.recorder = recorder;
    this.name = `${run}${spell(index, 3)}`;
    this.email = `${this.name.toLowerCase()}@players.necpgame.test`;
    this.api = createApiClient({
      url: options.httpUrl,
      adminUrl: options.adminUrl,
      token: () => this.token || undefined,
      patience: { tries: 10 },
    });
  }

  private step<T>(name: string, run: () => Promise<T>): Promise<T> {
    return this.recorder.step(name, this.name, run);
  }

  get notificationsTopic(): string {
    return `/topic/player/${this.accountId}/notifications`;
  }

  get friendsTopic(): string {
    return `/topic/player/${this.accountId}/friends`;
  }

  /** Registers, follows the mailed link. */
  async register(): Promise<void> {
    await this.step('1 register', () => this.api.call(register, { body: { email: this.email, password: PASSWORD } }));
    const token = await this.step('1 verification mail arrives', () =>
      mailedToken(this.options.inbox, this.email, 'verify-email'),
    );
    const { accountId } = await this.step('1 verify e-mail', () => this.api.call(verifyEmail, { body: { token } }));
    this.accountId = accountId;
  }

  private async signIn(): Promise<SignedIn> {
    const body = { email: this.email, password: PASSWORD, device: 'journey' };
    return signedIn(await this.api.call(login, { body }));
  }

  /** Logs in, opens the STOMP socket, is welcomed. */
  async login(): Promise<void> {
    const tokens = await this.step('2 login', () => this.signIn());
    this.token = tokens.accessToken;
    this.refreshToken = tokens.refreshToken;
    if (this.options.push) {
      this.push = await this.step('2 STOMP connect and subscribe', async () => {
        const { ticket } = await this.api.call(createTicket, {});
        const socket = await PushSocket.connect(this.options.socketUrl, ticket);
        await socket.subscribe(this.notificationsTopic);
        await socket.subscribe(this.friendsTopic);
        return socket;
      });
    }
    await this.step('2 “Welcome back” arrives', () => this.notified('account.welcome'));
  }

  /**
   * Waits for a notification that contains the word and gives the time when it was there: pushed, or where there are no
   * sockets, in the list.
   */
  notified(word: string): Promise<number> {
    return until(`a notification “${word}”`, async () => {
      if (this.push) return this.pushed(this.notificationsTopic, word)?.receivedMs;
      const { notifications } = await this.api.call(listNotifications, { query: {} });
      return JSON.stringify(notifications).includes(word) ? performance.now() : undefined;
    });
  }

  /** The first message of a topic that contains the word. */
  pushed(topic: string, word: string): Pushed | undefined {
    return this.push?.messages.find(
      ({ destination, body }) => destination === topic && JSON.stringify(body).includes(word),
    );
  }

  /** Creates a character, finds it in the list, plays it. */
  async chooseCharacter(): Promise<void> {
    const created = await this.step('3 create character', () =>
      this.api.call(createCharacter, { body: { ...DEFAULT_LOOKS, name: this.name } }),
    );
    this.characterId = created.characterId;
    await this.step('3 list characters', async () => {
      const { characters } = await this.api.call(listCharacters, {});
      if (!characters.some(({ characterId }) => characterId === this.characterId)) throw new Error('not in the list');
    });
    await this.step('3 select character', async () => {
      const { accessToken } = await this.api.call(selectCharacter, { params: { characterId: this.characterId } });
      this.token = accessToken;
    });
  }

  /** Takes the quest that the rest of the journey fulfils. */
  async acceptQuest(): Promise<void> {
    await this.step('4 accept quest', () => this.api.call(acceptQuest, { params: { questId: QUEST_ID } }));
  }

  async enterZone(): Promise<void> {
    this.zone = await this.step('4 enter zone', async () => {
      const { url, ticket } = await this.api.call(enterZone, { params: { zoneId: ZONE_ID } });
      const client = new ZoneClient(new WebSocket(url, { perMessageDeflate: false }) as never, ticket);
      client.on('closed', ({ code, reason }) => {
        this.zoneClosed = { code, reason, atMs: performance.now() };
      });
      await client.ready;
      client.run();
      this.hunter = new Hunter(client);
      return client;
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

  /** Fights and loots until the quest is done. */
  async fightForQuest(): Promise<void> {
    for (let kills = 0; kills < MAX_KILLS; kills += 1) {
      const drop = await this.step('4 fight an NPC to its death', () => this.hunter!.kill(DRONES));
      await this.step('4 pick up loot', () => this.loot(drop));
      if (await this.isQuestDone()) return;
    }
    throw new Error(`quest ${QUEST_ID} is not done after ${MAX_KILLS} kills`);
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
      until('the quest to leave the log, rewarded', async () => {
        const { quests } = await this.api.call(listQuests, { query: { limit: '100' } });
        return quests.some(({ questId }) => questId === QUEST_ID) ? undefined : true;
      }),
    );
    await this.step('4 quest notification pushed', () => this.notified('quest.completed'));
    return true;
  }

  private async loot(drop: Drop): Promise<void> {
    for (const { slotIndex } of drop.slots) {
      const params = { dropId: drop.dropId, slotIndex: String(slotIndex) };
      const taken = await this.api.call(pickUp, { params }).catch((error: unknown) => {
        // Another player had a share in the kill and was quicker.
        if (error instanceof ApiError && error.code === 'loot.already_taken') return undefined;
        throw error;
      });
      if (taken) this.pickedUp.push(taken.item);
    }
    const { items } = await this.api.call(listInventory, { query: { limit: '100' } });
    for (const { itemId } of this.pickedUp) {
      if (!items.some((held) => held.itemId === itemId)) throw new Error(`${itemId} is not in the inventory`);
    }
  }

  /** What the reward must have done. */
  async checkProgress(): Promise<void> {
    await this.step('4 experience and level', () =>
      until('experience from the quest', async () => {
        const { xp } = await this.api.call(getProgression, {});
        return xp >= 400 ? xp : undefined;
      }),
    );
    if (this.pickedUp.some(({ quality }) => quality === 'legendary')) {
      await this.step('4 achievement first_legendary', () => this.notified('first-legendary'));
    }
  }

  /** Logs out; both sockets must close within 5 s. */
  async logout(): Promise<void> {
    await this.step('6 logout', () => this.api.call(logout, {}));
    if (!this.push && !this.zone) return;
    await this.step('6 sockets closed', () =>
      until(
        'both sockets to close',
        () => ((!this.push || this.push.closed) && (!this.zone || this.zoneClosed) ? true : undefined),
        5_000,
      ),
    );
  }

  /** Comes back and finds everything as it was; the session from before is dead. */
  async checkAfterwards(): Promise<void> {
    await this.step('7 the old session is dead', async () => {
      const answer = await this.api.call(refresh, { body: { refreshToken: this.refreshToken } }).then(
        () => 'accepted',
        (error: unknown) => (error instanceof ApiError ? error.code : String(error)),
      );
      if (answer !== 'auth.refresh_invalid') throw new Error(`its refresh token was answered: ${answer}`);
    });
    await this.step('7 everything is as it was', async () => {
      this.token = (await this.signIn()).accessToken;
      const { accessToken } = await this.api.call(selectCharacter, { params: { characterId: this.characterId } });
      this.token = accessToken;
      await this.checkHoldings();
      await this.api.call(logout, {});
    });
  }

  private async checkHoldings(): Promise<void> {
    const { items } = await this.api.call(listInventory, { query: { limit: '100' } });
    for (const { itemId, templateId, count } of this.pickedUp) {
      const held = items.filter((item) => item.itemId === itemId);
      if (held.length !== 1 || held[0]!.count !== count)
        throw new Error(`${templateId} ${itemId} is held ${held.length} times`);
    }
    if (this.options.zone) {
      const { quests } = await this.api.call(listQuests, { query: { limit: '100' } });
      if (quests.some(({ questId }) => questId === QUEST_ID)) throw new Error(`${QUEST_ID} is in the log again`);
    }
  }
}
