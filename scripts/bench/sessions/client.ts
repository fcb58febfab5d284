import { request } from 'node:http';
import { Client, type IMessage } from '@stomp/stompjs';
import { WebSocket } from 'ws';
import type { RunningAddresses } from '#scripts/local/cloud.ts';
import type { BenchAccount } from './accounts.ts';

const TIMEOUT_MS = 30_000;

/** A player's client: HTTP and a stock STOMP client, from an address of its own. */
export class BenchClient {
  readonly account: BenchAccount;
  private readonly addresses: RunningAddresses;
  private accessToken = '';
  private refreshToken = '';
  private stomp: Client | undefined;
  /** Highest sequence number below which nothing is missing, by destination. */
  private readonly lastSeq = new Map<string, number>();
  /** Bodies of what came, by destination, without repetitions. */
  readonly received = new Map<string, string[]>();
  private readonly seen = new Set<string>();

  constructor(account: BenchAccount, addresses: RunningAddresses) {
    this.account = account;
    this.addresses = addresses;
  }

  private post(path: string, body?: object): Promise<Record<string, unknown>> {
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
            ...(this.accessToken ? { authorization: `Bearer ${this.accessToken}` } : {}),
          },
        },
        async (response) => {
          try {
            const answer = await new Response(response as never).text();
            const parsed = JSON.parse(answer) as Record<string, unknown>;
            if (response.statusCode! < 300) resolve(parsed);
            else reject(new Error(`${path}: ${response.statusCode} ${String(parsed.code)}`));
          } catch (error) {
            reject(error as Error);
          }
        },
      );
      call.once('error', reject);
      call.once('timeout', () => call.destroy(new Error(`${path}: no answer in ${TIMEOUT_MS} ms`)));
      call.end(text);
    });
  }

  async login(): Promise<void> {
    this.accessToken = '';
    const { email, password } = this.account;
    this.keep(await this.post('/api/v1/auth/login', { email, password, device: 'bench' }));
  }

  async refresh(): Promise<void> {
    const refreshToken = this.refreshToken;
    this.accessToken = '';
    this.keep(await this.post('/api/v1/auth/refresh', { refreshToken }));
  }

  private keep({ accessToken, refreshToken }: Record<string, unknown>): void {
    if (typeof accessToken !== 'string' || typeof refreshToken !== 'string') throw new Error('no tokens came');
    this.accessToken = accessToken;
    this.refreshToken = refreshToken;
  }

  /** Ticket, WebSocket, CONNECT, and a confirmed SUBSCRIBE for each destination, from where it was left. */
  async connect(destinations: readonly string[]): Promise<void> {
    const { ticket } = await this.post('/api/v1/auth/tickets');
    const client = new Client({
      webSocketFactory: () =>
        new WebSocket(`${this.addresses.socketUrl}?ticket=${String(ticket)}`, ['v12.stomp'], {
          perMessageDeflate: false,
          localAddress: this.account.localAddress,
        }) as never,
      reconnectDelay: 0,
      heartbeatIncoming: 0,
      heartbeatOutgoing: 240_000,
    });
    this.stomp = client;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('STOMP did not connect in time')), TIMEOUT_MS);
      const settle = (error?: Error) => {
        clearTimeout(timer);
        if (error) reject(error);
        else resolve();
      };
      client.onStompError = ({ headers }) => settle(new Error(`STOMP ERROR ${headers.code} ${headers.message}`));
      client.onWebSocketClose = ({ code }: { code: number }) => settle(new Error(`WebSocket closed with ${code}`));
      client.onConnect = () => {
        let open = destinations.length;
        for (const destination of destinations) {
          const receipt = crypto.randomUUID();
          client.watchForReceipt(receipt, ({ headers }) => {
            // What was there before the first subscription is not missed.
            if (!this.lastSeq.has(destination)) this.lastSeq.set(destination, Number(headers.seq));
            open -= 1;
            if (open === 0) settle();
          });
          const last = this.lastSeq.get(destination);
          client.subscribe(destination, (message) => this.take(destination, message), {
            receipt,
            ...(last === undefined ? {} : { 'last-seq': String(last) }),
          });
        }
      };
      client.activate();
    });
  }

  private take(destination: string, message: IMessage): void {
    const seq = Number(message.headers.seq);
    const last = this.lastSeq.get(destination) ?? seq - 1;
    if (seq === last + 1) this.lastSeq.set(destination, seq);
    const id = message.headers['message-id']!;
    if (this.seen.has(id)) return;
    this.seen.add(id);
    this.received.set(destination, [...(this.received.get(destination) ?? []), message.body]);
  }

  /** The line breaks: no DISCONNECT, no close handshake. */
  drop(): void {
    const client = this.stomp;
    this.stomp = undefined;
    if (!client) return;
    client.onWebSocketClose = () => {};
    (client.webSocket as unknown as WebSocket | undefined)?.terminate();
    void client.deactivate({ force: true });
  }
}
