import { ZoneServer } from '#fleet/src/net/server.ts';
import { type BenchServer, samePaths } from './bench-server.ts';
import { benchWorld } from './bench-world.ts';
import type { Scenario } from './scenario.ts';

const HELLO_TIMEOUT_MS = 60_000;

/** The real zone behind its real socket. */
export async function startZoneServer(scenario: Scenario): Promise<BenchServer> {
  const world = benchWorld(scenario, setImmediate);
  const { zone } = world;
  let closes = 0;
  const server = new ZoneServer({
    gate: async (ticket) => ({ zone, character: world.admission(ticket) }),
    paths: ['/zone'],
    allowedOrigins: [],
    helloTimeoutMs: HELLO_TIMEOUT_MS,
    maxConnections: scenario.players * 2,
    nowMs: () => performance.now(),
    report: () => {
      closes += 1;
    },
    isOpen: () => true,
    health: () => ({}),
    metrics: () => '',
  });
  let closesBefore = 0;
  return {
    listen: async () => ({ port: await server.listen(0), paths: samePaths(scenario, '/zone') }),
    tick: world.tick,
    connections: () => zone.connections,
    beginMeasuring: () => {
      closesBefore = closes;
      world.beginMeasuring();
    },
    measured: () => ({ ...world.measured(), closes: closes - closesBefore }),
    truth: world.truth,
  };
}
