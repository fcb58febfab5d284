import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { type BenchServer, type GatewayExtras, samePaths } from './bench-server.ts';
import { benchWorld } from './bench-world.ts';
import { GatewayClient, GatewayOutlet } from './gateway-client.ts';
import {
  type FromGatewayWorker,
  type GatewayWorkerData,
  type GatewayWorkerMeasurement,
  GONE,
  INBOUND_BYTES,
  OUTBOUND_BYTES,
  type ToGatewayWorker,
} from './gateway-link.ts';
import { nowUs } from './now-us.ts';
import type { Scenario } from './scenario.ts';
import { RingReader, ringMemory } from './shared-ring.ts';

/** One worker as the tick thread sees it. */
class Gateway {
  readonly outlet: GatewayOutlet;
  readonly clients = new Map<number, GatewayClient>();
  private readonly worker: Worker;
  private readonly fromSockets: RingReader;

  private constructor(worker: Worker, { outbound, inbound }: GatewayWorkerData) {
    this.worker = worker;
    this.outlet = new GatewayOutlet(worker, outbound);
    this.fromSockets = new RingReader(inbound);
  }

  static async start(port: number, isShared: boolean) {
    const data = { outbound: ringMemory(OUTBOUND_BYTES), inbound: ringMemory(INBOUND_BYTES), port, isShared };
    const worker = new Worker(new URL('./gateway-worker.ts', import.meta.url), { workerData: data });
    const gateway = new Gateway(worker, data);
    const { port: taken } = await gateway.hear('listening');
    return { gateway, port: taken };
  }

  /** The next word of a worker, which must be of this kind. */
  private async hear<Kind extends FromGatewayWorker['kind']>(kind: Kind) {
    const [word] = (await once(this.worker, 'message')) as [FromGatewayWorker];
    if (word.kind !== kind) throw new Error(`a gateway worker says ${word.kind} in place of ${kind}`);
    return word as Extract<FromGatewayWorker, { kind: Kind }>;
  }

  private say(message: ToGatewayWorker): void {
    this.worker.postMessage(message);
  }

  async begin(): Promise<void> {
    this.say('begin');
    await this.hear('begun');
  }

  async end(): Promise<GatewayWorkerMeasurement> {
    this.say('end');
    return await this.hear('measured');
  }

  /** What clients have said since the tick before. */
  drain(known: (client: number) => GatewayClient): void {
    this.fromSockets.drain((kind, low, word, bytes) => {
      if (kind === GONE) {
        this.clients.get(low)?.gone();
        this.clients.delete(low);
        return;
      }
      let client = this.clients.get(word);
      if (!client) {
        client = known(word);
        this.clients.set(word, client);
      }
      client.received(bytes!);
    });
  }
}

/**
 * The real zone in a thread that owns no socket. What a tick tells goes once per worker into a ring of shared memory, and for each client
 * 8 bytes say which of it is the client's; the workers write, and pass on what clients say by a ring of the other direction.
 */
export async function startGatewayServer(scenario: Scenario): Promise<BenchServer> {
  const world = benchWorld(scenario);
  const { zone } = world;
  const gateways: Gateway[] = [];
  let lostBefore = 0;
  const lostWrites = () => gateways.reduce((sum, { outlet }) => sum + outlet.lostWrites, 0);
  return {
    listen: async () => {
      let port = 0;
      for (let one = 0; one < scenario.workers; one++) {
        const started = await Gateway.start(port, scenario.workers > 1);
        gateways.push(started.gateway);
        port = started.port;
      }
      return { port, paths: samePaths(scenario, '/zone') };
    },
    tick: () => {
      const beganUs = nowUs();
      for (const gateway of gateways) gateway.drain((client) => new GatewayClient(gateway.outlet, client, world));
      world.tick();
      for (const { outlet } of gateways) outlet.endTick(zone.sim.tick, beganUs);
    },
    connections: () => zone.connections,
    beginMeasuring: async () => {
      await Promise.all(gateways.map((gateway) => gateway.begin()));
      lostBefore = lostWrites();
      world.beginMeasuring();
    },
    measured: async () => {
      const lost = lostWrites() - lostBefore;
      const told = await Promise.all(gateways.map((gateway) => gateway.end()));
      const gateway: GatewayExtras = {
        workerCpuMs: told.map(({ cpuMs }) => cpuMs),
        clients: told.map(({ clients }) => clients),
        lastWriteMs: lastWrites(told),
        lostWrites: lost,
        lostMessages: told.reduce((sum, one) => sum + one.lostMessages, 0),
      };
      return { ...world.measured(), closes: 0, gateway };
    },
    truth: world.truth,
  };
}

/** Of each tick that all workers tell of, from its beginning to the last write of the last of them. */
function lastWrites(told: readonly GatewayWorkerMeasurement[]): number[] {
  const [first, ...others] = told.map(({ lastWriteUs }) => new Map(lastWriteUs));
  return [...first!].flatMap(([tick, us]) => {
    const all = [us, ...others.map((one) => one.get(tick))];
    return all.includes(undefined) ? [] : [Math.max(...(all as number[])) / 1_000];
  });
}
