import { setImmediate as nextTurn } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { type CloseReason, TICK_HZ } from '#shared/contract/zone-protocol.ts';
import type { Slug } from '#shared/kernel/ids.ts';
import { type SocketLike, ZoneClient } from '../client/zone-client.ts';
import { Shard } from '../src/control/shard.ts';
import { ZoneServer } from '../src/net/server.ts';
import type { Admission } from '../src/persist/character-ports.ts';
import type { ZonePorts } from '../src/persist/ports.ts';
import type { ZoneDefinition } from '../src/sim/definition.ts';
import { fixtureZone } from './fixture-zone.ts';
import { MemoryPorts } from './memory-ports.ts';

const TICK_MS = 1_000 / TICK_HZ;

/** A shard behind a real socket on a free port, whose clock and ticks are turned by hand. */
export class ShardHarness {
  readonly time = { nowMs: 1_000_000 };
  readonly ports = new MemoryPorts(() => this.time.nowMs);
  readonly reports: { readonly message: string; readonly facts: Readonly<Record<string, unknown>> }[] = [];
  readonly closes: CloseReason[] = [];
  readonly clients: ZoneClient[] = [];
  private readonly lines = new Map<ZoneClient, WebSocket>();
  private tickets = 0;
  readonly shard: Shard;
  readonly server: ZoneServer;
  private readonly definition: ZoneDefinition;
  url = '';

  constructor(
    options: {
      definition?: ZoneDefinition;
      ports?: (memory: MemoryPorts) => ZonePorts;
      shardId?: string;
      maxUnits?: number;
      helloTimeoutMs?: number;
      allowedOrigins?: readonly string[];
    } = {},
  ) {
    this.definition = options.definition ?? fixtureZone();
    const remember = (message: string, facts: Readonly<Record<string, unknown>>) =>
      this.reports.push({ message, facts });
    this.shard = new Shard({
      shardId: options.shardId ?? 'shard-a',
      socketUrl: 'ws://zones.test/shard-a/zone',
      claimsPerStep: 10,
      maxUnits: options.maxUnits ?? 10,
      zones: [this.definition.id as Slug],
      definitionOf: () => this.definition,
      ports: options.ports?.(this.ports) ?? this.ports,
      maxPlayersPerZone: 100,
      nowMs: () => this.time.nowMs,
      wallClockMs: () => this.time.nowMs,
      // Repetitions come at once; deadlines never do.
      delay: (ms) => (ms <= 2_000 ? nextTurn().then(() => {}) : new Promise(() => {})),
      report: { info: remember, error: remember },
      seed: () => 5,
    });
    this.server = new ZoneServer({
      gate: (ticket) => this.shard.admit(ticket),
      paths: ['/zone', '/shard-a/zone'],
      allowedOrigins: options.allowedOrigins ?? [],
      helloTimeoutMs: options.helloTimeoutMs ?? 5_000,
      maxConnections: 100,
      nowMs: () => this.time.nowMs,
      report: (reason) => this.closes.push(reason),
      isOpen: () => !this.shard.isDraining,
      health: () => ({ zones: this.shard.zones.map(({ id }) => id) }),
      metrics: () => 'zone_up 1\n',
    });
  }

  async start(): Promise<this> {
    await this.shard.claimStep();
    const port = await this.server.listen(0);
    this.url = `ws://127.0.0.1:${port}/zone`;
    return this;
  }

  /** A raw connection. */
  socket(path = '/zone', headers: Record<string, string> = {}): WebSocket {
    return new WebSocket(this.url.replace(/\/zone$/, path), { headers });
  }

  /** A client with a ticket for the character, in the zone; one that comes back when its line breaks, if wanted. */
  async enter(character: Admission, { reconnects = false } = {}): Promise<ZoneClient> {
    let line: WebSocket | undefined;
    const door = async () => {
      const ticket = `ticket-${++this.tickets}`;
      this.ports.issueTicket(ticket, this.definition.id as Slug, character);
      line = this.socket();
      if (client) this.lines.set(client, line);
      return { socket: line as unknown as SocketLike, ticket };
    };
    let client: ZoneClient | undefined;
    const { socket, ticket } = await door();
    client = new ZoneClient(
      socket,
      ticket,
      reconnects ? { reconnect: door, delay: () => nextTurn().then(() => {}) } : {},
    );
    this.lines.set(client, line!);
    this.clients.push(client);
    const outcome = { entered: false, failed: undefined as Error | undefined };
    client.ready.then(
      () => {
        outcome.entered = true;
      },
      (error: Error) => {
        outcome.failed = error;
      },
    );
    await this.until(() => outcome.entered || outcome.failed !== undefined);
    if (outcome.failed) throw outcome.failed;
    return client;
  }

  /** Cuts a client's connection without a goodbye. */
  breakLine(client: ZoneClient): void {
    this.lines.get(client)!.terminate();
  }

  /** Ticks, with every client stepping along, until the condition holds; fails after that many ticks. */
  async until(condition: () => boolean, atMostTicks = 2_000, afterTick = () => {}): Promise<void> {
    for (let i = 0; i < atMostTicks; i++) {
      if (condition()) return;
      await this.tick();
      afterTick();
    }
    throw new Error(`not so after ${atMostTicks} ticks`);
  }

  async tick(): Promise<void> {
    this.time.nowMs += TICK_MS;
    if (this.time.nowMs % 2_000 === 0) await this.shard.renewStep();
    this.shard.tick();
    for (const client of this.clients) client.step();
    await nextTurn();
    await nextTurn();
  }

  async stop(): Promise<void> {
    for (const client of this.clients) client.disconnect();
    await this.server.close();
  }
}
