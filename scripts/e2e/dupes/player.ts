import { createCharacter, selectCharacter } from '#functions/character/contract.ts';
import { listInventory } from '#functions/inventory/contract.ts';
import { heartbeat } from '#functions/session/contract.ts';
import { spell } from '#scripts/journey/spell.ts';
import type { CallInput } from '#shared/client/api-client.ts';
import type { EndpointBase } from '#shared/contract/endpoint.ts';
import { type CharacterId, createId } from '#shared/kernel/ids.ts';
import { type Addresses, registerPlayer, type WebPlayer } from '../hostile/web-player.ts';
import { type Answer, patiently } from './patiently.ts';

type Input<E extends EndpointBase> = Omit<CallInput<E>, 'token'>;

/** A player with everything that is needed to press a button many times at once. */
export class Duper {
  readonly web: WebPlayer;
  readonly url: string;
  readonly name: string;
  characterId: CharacterId;
  private token: string;

  private constructor(web: WebPlayer, url: string, name: string) {
    this.web = web;
    this.url = url;
    this.name = name;
    this.characterId = web.characterId as CharacterId;
    this.token = web.accessToken;
  }

  static async register(addresses: Addresses, index: number): Promise<Duper> {
    const web = await registerPlayer(addresses, index, `duper-${index}@players.necpgame.test`);
    return new Duper(web, addresses.httpUrl, `Nyx${spell(index, 4)}`);
  }

  /** A second character of the account, which this session may play too. */
  async secondCharacter(index: number): Promise<CharacterId> {
    const body = {
      name: `Twin${spell(index, 4)}`,
      classId: 'gunhand',
      originId: 'gutter-born',
      appearance: {},
    } as const;
    const { characterId } = await this.web.api.call(createCharacter, { body, token: this.web.plainToken });
    return characterId;
  }

  /** Plays another character of the account from now on. */
  async play(characterId: CharacterId): Promise<void> {
    const { accessToken } = await this.web.api.call(selectCharacter, {
      params: { characterId },
      token: this.web.plainToken,
    });
    this.token = accessToken;
    this.characterId = characterId;
  }

  async beat(): Promise<void> {
    await this.web.api.call(heartbeat, { body: { active: true }, token: this.token });
  }

  /** Sends a call as often as the rate limit asks; whatever else is answered is the answer. */
  send<const E extends EndpointBase>(endpoint: E, input: Input<E>, signal?: AbortSignal): Promise<Answer> {
    const { url, request } = this.requestOf(endpoint, input);
    return patiently(url, { ...request, ...(signal ? { signal } : {}) });
  }

  /** Sends a call and takes the first answer, whatever it is. */
  async once<const E extends EndpointBase>(endpoint: E, input: Input<E>): Promise<Answer> {
    const { url, request } = this.requestOf(endpoint, input);
    const response = await fetch(url, request);
    return { status: response.status, text: await response.text() };
  }

  /** A POST as it goes over the line, for tests that write to the line themselves. */
  rawRequest(path: string, body: string, key: string, isLast = false): string {
    return [
      `POST ${path} HTTP/1.1`,
      'host: 127.0.0.1',
      `authorization: Bearer ${this.token}`,
      `idempotency-key: ${key}`,
      'content-type: application/json',
      `content-length: ${Buffer.byteLength(body)}`,
      `connection: ${isLast ? 'close' : 'keep-alive'}`,
      '',
      body,
    ].join('\r\n');
  }

  private requestOf<const E extends EndpointBase>(endpoint: E, input: Input<E>) {
    const params = (input.params ?? {}) as Readonly<Record<string, string>>;
    const path = endpoint.path.replace(/\{(\w+)\}/g, (_whole, name: string) => encodeURIComponent(params[name] ?? ''));
    const url = new URL(this.url + path);
    for (const [name, value] of Object.entries((input.query ?? {}) as Record<string, unknown>)) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    const request = {
      method: endpoint.method,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(endpoint.idempotency === 'key' ? { 'idempotency-key': input.idempotencyKey ?? createId('opr') } : {}),
        ...(input.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(input.body === undefined ? {} : { body: JSON.stringify(input.body) }),
    };
    return { url, request };
  }

  /** As `send`, for what has to succeed. @throws Error with the refusal. */
  // biome-ignore lint/suspicious/noExplicitAny: replies of many endpoints, whose shapes the server has checked
  async must<const E extends EndpointBase>(endpoint: E, input: Input<E>): Promise<any> {
    const answer = await this.send(endpoint, input);
    if (answer.status >= 300) throw new Error(`${endpoint.id}: ${answer.status} ${answer.text}`);
    return answer.text === '' ? undefined : JSON.parse(answer.text);
  }

  /** The same call, with the same key (a new one unless given), so many times at once. */
  repeated<const E extends EndpointBase>(times: number, endpoint: E, input: Input<E>): Promise<Answer[]> {
    const call = { ...input, idempotencyKey: input.idempotencyKey ?? createId('opr') };
    return Promise.all(Array.from({ length: times }, () => this.send(endpoint, call)));
  }

  /** The same wish so many times at once, each a call of its own. */
  rivals<const E extends EndpointBase>(times: number, endpoint: E, input: Input<E>): Promise<Answer[]> {
    return Promise.all(Array.from({ length: times }, () => this.send(endpoint, input)));
  }

  /** What lies in a container. */
  async items(container: 'bag' | 'bank' | 'equipment' = 'bag'): Promise<readonly Held[]> {
    return (await this.must(listInventory, { query: { container, limit: '100' } })).items;
  }

  /** How many of a kind lie in a container. */
  async countOf(templateId: string, container: 'bag' | 'bank' = 'bag'): Promise<number> {
    const held = (await this.items(container)).filter((item) => item.templateId === templateId);
    return held.reduce((sum, { count }) => sum + count, 0);
  }
}

export interface Held {
  readonly itemId: string;
  readonly templateId: string;
  readonly count: number;
  readonly slot: number;
  readonly version: number;
}
