import { createTicket, logout, refresh, register, verifyEmail } from '#functions/auth/contract.ts';
import { createCharacter, listCharacters, selectCharacter } from '#functions/character/contract.ts';
import { list as listNotifications } from '#functions/notification/contract.ts';
import { heartbeat } from '#functions/session/contract.ts';
import { type ApiClient, ApiError, createApiClient } from '#shared/client/api-client.ts';
import { Adventure } from './adventure.ts';
import { mailedToken } from './inbox.ts';
import { KeysToAccount } from './keys-to-account.ts';
import { type Pushed, PushSocket } from './push-socket.ts';
import { spell } from './spell.ts';
import type { JourneyOptions } from './stage-addresses.ts';
import type { StepRecorder } from './step-recorder.ts';
import { until } from './until.ts';

/** Looks of every character of the journey. */
export const LOOKS = { classId: 'gunhand', originId: 'gutter-born', appearance: {} } as const;
/** Sockets of an ended session must be closed by then. */
const CLOSED_WITHIN_MS = 5_000;
const HEARTBEAT_MS = 30_000;

/** One player: a real client over real sockets, from registration to logout. */
export class JourneyPlayer {
  readonly name: string;
  readonly options: JourneyOptions;
  readonly api: ApiClient;
  readonly keys: KeysToAccount;
  readonly adventure = new Adventure(this);
  accountId = '';
  /** Of the newest login. */
  sessionId = '';
  characterId = '';
  push: PushSocket | undefined;
  private token = '';
  private refreshToken = '';
  private readonly recorder: StepRecorder;
  private pulse: ReturnType<typeof setInterval> | undefined;

  constructor(options: JourneyOptions, recorder: StepRecorder, run: string, index: number) {
    this.options = options;
    this.recorder = recorder;
    this.name = `${run}${spell(index, 3)}`;
    this.keys = new KeysToAccount(`${this.name.toLowerCase()}@players.necpgame.test`, 'rain on glasswater 2077');
    this.api = createApiClient({
      url: options.httpUrl,
      adminUrl: options.adminUrl,
      token: () => this.token || undefined,
      patience: { tries: 10 },
    });
  }

  step<T>(name: string, run: () => Promise<T>): Promise<T> {
    return this.recorder.step(name, this.name, run);
  }

  topic(name: 'notifications' | 'friends' | 'queue'): string {
    return `/topic/player/${this.accountId}/${name}`;
  }

  /** Registers, follows the mailed link. */
  async register(): Promise<void> {
    const { email, password } = this.keys;
    await this.step('1 register', () => this.api.call(register, { body: { email, password } }));
    const token = await this.step('1 verification mail arrives', () =>
      mailedToken(this.options.inbox, email, 'verify-email'),
    );
    const { accountId } = await this.step('1 verify e-mail', () => this.api.call(verifyEmail, { body: { token } }));
    this.accountId = accountId;
  }

  /** Logs in and opens the STOMP socket. */
  async login(how: 'password' | 'code' = 'password'): Promise<void> {
    const name = how === 'password' ? '2 login' : '2 login with a code';
    const tokens = await this.step(name, () =>
      how === 'password' ? this.keys.signIn(this.api) : this.keys.signInByCode(this.api),
    );
    this.token = tokens.accessToken;
    this.refreshToken = tokens.refreshToken;
    this.sessionId = tokens.sessionId;
    await this.openPush();
  }

  private async openPush(): Promise<void> {
    if (!this.options.push) return;
    this.push = await this.step('2 STOMP connect and subscribe', async () => {
      const ticket = async () => (await this.api.call(createTicket, {})).ticket;
      const socket = await PushSocket.connect(this.options.socketUrl, ticket);
      for (const name of ['notifications', 'friends', 'queue'] as const) await socket.subscribe(this.topic(name));
      return socket;
    });
  }

  /** Tears the STOMP line while something happens that is pushed: the client comes back by itself, and has missed nothing. */
  async acrossACutLine(happen: () => Promise<void>): Promise<void> {
    const { push } = this;
    if (!push) return happen();
    const before = push.messages.length;
    const mayComeBack = push.holdOff();
    push.cut();
    await happen().finally(mayComeBack);
    await this.step('4 STOMP line cut: back by itself', async () => {
      await push.back();
      await until('what was pushed meanwhile', () => (push.messages.length > before ? true : undefined));
      const missing = push.missingOf(this.topic('notifications'));
      if (missing.length > 0) throw new Error(`notifications ${missing.join(', ')} were missed`);
    });
  }

  async welcomed(): Promise<void> {
    await this.step('2 “Welcome back” arrives', () => this.notified('account.welcome'));
  }

  /**
   * Waits for a notification that contains the word and gives the time when it was there: pushed, or where there are no
   * sockets, in the list.
   */
  notified(word: string): Promise<number> {
    return until(`a notification “${word}”`, async () => {
      if (this.push) return this.pushed('notifications', word)?.receivedMs;
      const { notifications } = await this.api.call(listNotifications, { query: {} });
      return JSON.stringify(notifications).includes(word) ? performance.now() : undefined;
    });
  }

  /** The first message of a topic that contains the word. */
  pushed(name: Parameters<JourneyPlayer['topic']>[0], word: string): Pushed | undefined {
    const topic = this.topic(name);
    return this.push?.messages.find(
      ({ destination, body }) => destination === topic && JSON.stringify(body).includes(word),
    );
  }

  /** Creates a character, finds it in the list, plays it. */
  async chooseCharacter(): Promise<void> {
    const created = await this.step('3 create character', () =>
      this.api.call(createCharacter, { body: { ...LOOKS, name: this.name } }),
    );
    this.characterId = created.characterId;
    await this.step('3 list characters', async () => {
      const { characters } = await this.api.call(listCharacters, {});
      if (!characters.some(({ characterId }) => characterId === this.characterId)) throw new Error('not in the list');
    });
    await this.step('3 select character', () => this.select(this.characterId));
    await this.step('3 heart-beat', () => this.api.call(heartbeat, { body: { active: true } }));
  }

  /** Plays a character with the session, and shows that somebody is there for as long as it lasts. */
  async select(characterId: string): Promise<void> {
    const { accessToken } = await this.api.call(selectCharacter, { params: { characterId } });
    this.token = accessToken;
    clearInterval(this.pulse);
    const beat = () => this.api.call(heartbeat, { body: { active: true } }).catch(() => clearInterval(this.pulse));
    this.pulse = setInterval(beat, HEARTBEAT_MS).unref();
  }

  /** Waits for the sockets of an ended session to close. */
  async socketsClose(name: string, push = this.push): Promise<void> {
    const { adventure } = this;
    if (!push && !adventure.zone) return;
    await this.step(name, () =>
      until(
        'the sockets to close',
        () => ((!push || push.closed) && (!adventure.zone || adventure.closed) ? true : undefined),
        CLOSED_WITHIN_MS,
      ),
    );
  }

  /** Logs out; both sockets must close within 5 s. */
  async logout(): Promise<void> {
    clearInterval(this.pulse);
    await this.step('6 logout', () => this.api.call(logout, {}));
    await this.socketsClose('6 sockets closed');
  }

  /** The newest session's; kept, it must be worthless once that session has ended. */
  get heldRefreshToken(): string {
    return this.refreshToken;
  }

  /** @throws Error unless the refresh token is dead. */
  async isRefreshRefused(refreshToken = this.refreshToken): Promise<void> {
    const answer = await this.api.call(refresh, { body: { refreshToken } }).then(
      () => 'accepted',
      (error: unknown) => (error instanceof ApiError ? error.code : String(error)),
    );
    if (answer !== 'auth.refresh_invalid') throw new Error(`its refresh token was answered: ${answer}`);
  }

  /** Comes back and finds everything as it was; the session from before is dead. */
  async checkAfterwards(): Promise<void> {
    await this.step('7 the old session is dead', () => this.isRefreshRefused());
    await this.step('7 everything is as it was', async () => {
      this.token = (await this.keys.signIn(this.api)).accessToken;
      await this.select(this.characterId);
      await this.adventure.checkHoldings();
      if (this.options.zone && (await this.adventure.isQuestInLog())) throw new Error('the quest is in the log again');
      clearInterval(this.pulse);
      await this.api.call(logout, {});
    });
  }
}
