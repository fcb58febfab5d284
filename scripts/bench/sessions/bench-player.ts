import { request } from 'node:http';
import { WebSocket } from 'ws';
import { createTicket, login, refresh } from '#functions/auth/contract.ts';
import { announcementsTopic } from '#functions/notification/topics.ts';
import type { RunningAddresses } from '#scripts/local/cloud.ts';
import { ApiError } from '#shared/client/api-client.ts';
import { retryAfterMs } from '#shared/client/backoff.ts';
import { type End, PushClient, type Trouble } from '#shared/client/push-client.ts';
import type { Stage } from '#shared/client/stomp-line.ts';
import type { EndpointBase } from '#shared/contract/endpoint.ts';
import type { BenchAccount } from './stage-stores.ts';

/** The gateway's own bound on a call. */
const TIMEOUT_MS = 30_000;

/** What a client has gone through; shared by all, and cleared before each step. */
export interface Weather {
  /** How long each part of coming in took, ms. */
  readonly stagesMs: Record<Stage, number[]>;
  /** Answers to HTTP calls and handshakes that were no success, by status. */
  readonly refusals: Map<number, number>;
  /** What a player would have noticed, or what no client should see, by its text. */
  readonly errors: Map<string, number>;
  retries: number;
  repeated: number;
}

export function newWeather(): Weather {
  return {
    stagesMs: { ticket: [], socket: [], connect: [], subscribe: [] },
    refusals: new Map(),
    errors: new Map(),
    retries: 0,
    repeated: 0,
  };
}

export function count<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** A player's client: HTTP and the push client, from an address of its own. */
export class BenchPlayer {
  readonly account: BenchAccount;
  readonly topics: { readonly announcements: string; readonly own: string };
  /** Texts of what came, by destination. */
  readonly received = new Map<string, string[]>();
  weather: Weather = newWeather();
  private readonly addresses: RunningAddresses;
  private readonly lastSeqs = new Map<string, number>();
  private accessToken = '';
  private refreshToken = '';
  private push: PushClient | undefined;

  constructor(account: BenchAccount, addresses: RunningAddresses) {
    this.account = account;
    this.addresses = addresses;
    const own = `/topic/player/${account.accountId}/notifications`;
    this.topics = { announcements: announcementsTopic.destination, own };
  }

  /** @throws ApiError for every answer that is not a success. */
  private call({ id, path }: EndpointBase, body?: object, token = ''): Promise<Record<string, unknown>> {
    const text = body === undefined ? '' : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const call = request(
        `${this.addresses.httpUrl}${path}`,
        {
          method: 'POST',
          localAddress: this.account.localAddress,
          timeout: TIMEOUT_MS,
          headers: {
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
            'content-length': Buffer.byteLength(text),
            ...(token ? { authorization: `Bearer ${token}` } : {}),
          },
        },
        async (response) => {
          try {
            const status = response.statusCode!;
            const answer = JSON.parse(await new Response(response as never).text()) as Record<string, unknown>;
            if (status < 300) return resolve(answer);
            count(this.weather.refusals, status);
            reject(new ApiError(id, status, answer, retryAfterMs(response.headers['retry-after'])));
          } catch (error) {
            reject(error as Error);
          }
        },
      );
      call.once('error', reject);
      call.once('timeout', () => call.destroy(new Error(`${id}: no answer in ${TIMEOUT_MS} ms`)));
      call.end(text);
    });
  }

  async login(): Promise<void> {
    const { email, password } = this.account;
    this.keep(await this.call(login, { email, password, device: 'bench' }));
  }

  async refresh(): Promise<void> {
    this.keep(await this.call(refresh, { refreshToken: this.refreshToken }));
  }

  private keep({ accessToken, refreshToken }: Record<string, unknown>): void {
    if (typeof accessToken !== 'string' || typeof refreshToken !== 'string') throw new Error('no tokens came');
    this.accessToken = accessToken;
    this.refreshToken = refreshToken;
  }

  private async ticket(): Promise<string> {
    const ask = async () => String((await this.call(createTicket, undefined, this.accessToken)).ticket);
    try {
      return await ask();
    } catch (error) {
      // An access token lasts ten minutes; a client that is refused with it asks for another before it gives up.
      if (!(error instanceof ApiError) || (error.status !== 401 && error.status !== 403)) throw error;
    }
    await this.refresh();
    return ask();
  }

  /** Ticket, WebSocket, CONNECT. */
  async connect(): Promise<void> {
    const push = new PushClient({
      address: async () => `${this.addresses.socketUrl}?ticket=${await this.ticket()}`,
      openSocket: (address) => this.openSocket(address) as never,
      onMessage: ({ destination, body }) => {
        const { text } = JSON.parse(body) as { text: string };
        this.received.set(destination, [...(this.received.get(destination) ?? []), text]);
      },
      onTrouble: (trouble) => this.note(trouble),
      onEnd: (end) => this.noteEnd(end),
      observe: (stage, durationMs) => this.weather.stagesMs[stage].push(durationMs),
    });
    this.push = push;
    await push.connect();
  }

  private openSocket(address: string): WebSocket {
    const { localAddress } = this.account;
    const socket = new WebSocket(address, ['v12.stomp'], { perMessageDeflate: false, localAddress });
    socket.on('error', ({ message }) => {
      const status = Number(/Unexpected server response: (\d+)/.exec(message)?.[1]);
      if (status) count(this.weather.refusals, status);
      else count(this.weather.errors, `socket: ${message}`);
    });
    return socket;
  }

  private note(trouble: Trouble): void {
    const { weather } = this;
    switch (trouble.kind) {
      case 'cut':
        if (trouble.error) count(weather.errors, `ERROR ${trouble.error.message}`);
        break;
      case 'failed': {
        weather.retries += 1;
        const { error } = trouble;
        // What an HTTP call or a handshake was refused with is among the refusals; a refused handshake ends with 1006.
        const isRefusal = error instanceof ApiError || /closed with 1006/.test(error.message);
        if (!isRefusal) count(weather.errors, error.message);
        break;
      }
      case 'gap':
        count(weather.errors, 'messages were missed: the topic no longer reached back');
        break;
      case 'repeated':
        weather.repeated += 1;
        break;
    }
  }

  private noteEnd({ kind, reason }: End): void {
    if (kind !== 'closed') count(this.weather.errors, `${kind}: ${reason}`);
  }

  /** A confirmed SUBSCRIBE, from where it was left. */
  async subscribe(destination: string): Promise<void> {
    await this.push!.subscribe(destination, this.lastSeqs.get(destination));
  }

  /** Closes the socket in good order, and remembers how far it has come. */
  async leave(): Promise<void> {
    for (const destination of Object.values(this.topics)) {
      const lastSeq = this.push?.lastSeq(destination);
      if (lastSeq !== undefined) this.lastSeqs.set(destination, lastSeq);
    }
    await this.push?.close();
    this.push = undefined;
  }

  get isLoggedIn(): boolean {
    return this.refreshToken !== '';
  }

  get isIn(): boolean {
    return this.push?.isIn === true;
  }

  get isOut(): boolean {
    return this.push?.end !== undefined;
  }

  /** Resolves when it is back after a cut, or out for good. */
  async back(): Promise<void> {
    await this.push!.back().catch(() => {});
  }
}
