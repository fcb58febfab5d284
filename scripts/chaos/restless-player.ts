import { setTimeout as delay } from 'node:timers/promises';
import { refresh } from '#functions/auth/contract.ts';
import { createCharacter, selectCharacter } from '#functions/character/contract.ts';
import { listInventory } from '#functions/inventory/contract.ts';
import { heartbeat } from '#functions/session/contract.ts';
import { type Addresses, registerPlayer, type WebPlayer } from '#scripts/e2e/hostile/web-player.ts';
import { spell } from '#scripts/journey/spell.ts';
import { until } from '#scripts/journey/until.ts';
import { type CallInput, createApiClient } from '#shared/client/api-client.ts';
import type { EndpointBase } from '#shared/contract/endpoint.ts';
import {
  type AccountId,
  type CharacterId,
  createId,
  deriveId,
  type ItemId,
  type SessionId,
  type TransactionId,
} from '#shared/kernel/ids.ts';

const RATE_LIMITED = 429;
const IN_DOUBT = 202;
const REFILL_MS = 700;
const CALL_TIMEOUT_MS = 30_000;
const REPEAT_TIMEOUT_MS = 60_000;

/** A call that moves value, whole, so that it can be sent again as it was. */
export interface Call {
  readonly by: CharacterId;
  readonly method: string;
  readonly path: string;
  readonly body: string | undefined;
  readonly key: string;
  /** Whether every repetition is answered the same; otherwise it may be refused, having happened. */
  readonly isRemembered: boolean;
  /** Of a call that settles in two stores: the settlement that it begins, if it begins one. */
  readonly transactionId?: TransactionId;
  /** Of the last answer that says how it ended; unset: in doubt. */
  answer?: { readonly status: number; readonly text: string };
}

export interface Stack {
  readonly itemId: ItemId;
  readonly templateId: string;
  readonly count: number;
  readonly version: number;
  readonly container: 'bag' | 'bank' | 'equipment';
  readonly quality: string;
  readonly bind: string;
}

/** The line broke in the middle of a call: the cloud has been killed. */
export class LineBroken extends Error {}

/** A player with two characters who remembers every call, and sends what was in doubt again. */
export class RestlessPlayer {
  readonly characters: readonly [CharacterId, CharacterId];
  /** Of this round. */
  readonly calls: Call[] = [];
  private readonly web: WebPlayer;
  private addresses: Addresses;
  private plainToken: string;
  private refreshToken: string;
  private token = '';
  private played: CharacterId;

  private constructor(addresses: Addresses, web: WebPlayer, twin: CharacterId) {
    this.addresses = addresses;
    this.web = web;
    this.characters = [web.characterId as CharacterId, twin];
    this.played = this.characters[0];
    this.plainToken = web.plainToken;
    this.refreshToken = web.refreshToken;
  }

  static async register(addresses: Addresses, index: number): Promise<RestlessPlayer> {
    const web = await registerPlayer(addresses, index, `restless-${index}@players.necpgame.test`);
    const body = {
      name: `Twin${spell(index, 4)}`,
      classId: 'gunhand',
      originId: 'gutter-born',
      appearance: {},
    } as const;
    const { characterId } = await web.api.call(createCharacter, { body, token: web.plainToken });
    return new RestlessPlayer(addresses, web, characterId);
  }

  get character(): CharacterId {
    return this.played;
  }

  get twin(): CharacterId {
    return this.characters.find((one) => one !== this.played)!;
  }

  get accountId(): AccountId {
    return this.web.accountId as AccountId;
  }

  /** The session that plays now, as its token names it. */
  get sessionId(): SessionId {
    const [, claims] = this.token.split('.');
    return (JSON.parse(Buffer.from(claims!, 'base64url').toString('utf8')) as { sid: SessionId }).sid;
  }

  /** After a start of the cloud: new tokens, and signs of life. */
  async comeBack(addresses: Addresses): Promise<void> {
    this.addresses = addresses;
    const { refreshToken } = this;
    const tokens = await this.api.call(refresh, { body: { refreshToken } }).catch(() => this.web.logIn());
    this.plainToken = tokens.accessToken;
    this.refreshToken = tokens.refreshToken;
    await this.play(this.played);
    await this.api.call(heartbeat, { body: { active: true }, token: this.token });
  }

  private get api() {
    return createApiClient({ url: this.addresses.httpUrl, patience: { tries: 10 } });
  }

  async play(characterId: CharacterId): Promise<void> {
    const selected = await this.api.call(selectCharacter, { params: { characterId }, token: this.plainToken });
    this.token = selected.accessToken;
    this.played = characterId;
  }

  read<const E extends EndpointBase>(endpoint: E, input: CallInput<E>) {
    return this.api.call(endpoint, { ...input, token: this.token });
  }

  async stacks(container: Stack['container']): Promise<readonly Stack[]> {
    const { items } = await this.read(listInventory, { query: { container, limit: '100' } });
    return items as readonly Stack[];
  }

  /** Sends a call that moves value. @throws LineBroken when the cloud dies over it: then it is in doubt. */
  async act<const E extends EndpointBase>(endpoint: E, input: CallInput<E>): Promise<Call> {
    const params = (input.params ?? {}) as Readonly<Record<string, string>>;
    const key = createId('opr');
    const call: Call = {
      by: this.played,
      method: endpoint.method,
      path: endpoint.path.replace(/\{(\w+)\}/g, (_whole, name: string) => encodeURIComponent(params[name]!)),
      body: input.body === undefined ? undefined : JSON.stringify(input.body),
      key,
      isRemembered: endpoint.idempotency === 'key',
      ...settlementOf(endpoint, this.played, key),
    };
    this.calls.push(call);
    await this.send(call, this.token);
    return call;
  }

  /** Sends a call once more as it was; answers what it was answered, once that is known. */
  async repeat(call: Call): Promise<{ readonly status: number; readonly text: string }> {
    if (call.by !== this.played) await this.play(call.by);
    const before = call.answer;
    delete call.answer;
    await until(
      `an answer to ${call.path}`,
      async () => {
        await this.send(call, this.token);
        return call.answer ? true : undefined;
      },
      REPEAT_TIMEOUT_MS,
    );
    const { answer } = call;
    if (before) call.answer = before;
    return answer!;
  }

  /** @param token of the character whose call it is, even if another one is played by now. */
  private async send(call: Call, token: string): Promise<void> {
    const { method, path, body, key } = call;
    for (;;) {
      const answer = await fetch(this.addresses.httpUrl + path, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          'idempotency-key': key,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body }),
        signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
      })
        .then(async (response) => ({ status: response.status, text: await response.text() }))
        .catch((cause: unknown) => {
          throw new LineBroken(path, { cause });
        });
      if (answer.status === RATE_LIMITED) {
        await delay(REFILL_MS);
        continue;
      }
      // What a dying cloud answers says nothing of how it ended.
      if (answer.status !== IN_DOUBT && answer.status < 500) call.answer = answer;
      return;
    }
  }
}

/** The same call has the same settlement, however often it is sent. */
function settlementOf(endpoint: EndpointBase, by: CharacterId, key: string): Pick<Call, 'transactionId'> {
  return endpoint.settles ? { transactionId: deriveId('txn', by, endpoint.id, key) } : {};
}
