import { setTimeout as delay } from 'node:timers/promises';
import { clock } from '#shared/kernel/clock.ts';
import { Slug } from '#shared/kernel/ids.ts';
import { log } from '#shared/telemetry/log.ts';
import { readConfig } from './config.ts';
import { FleetProcess } from './control/fleet-process.ts';
import { processClock } from './control/ticker.ts';
import { domainPorts } from './persist/domain-ports.ts';
import { useFleetTable } from './persist/fleet-table.ts';
import { allZoneIds, zoneDefinition } from './zone/zone-content.ts';

const settings = readConfig();
useFleetTable(settings.tableName);

const fleet = new FleetProcess({
  settings,
  ports: domainPorts,
  zoneIds: settings.zones.length > 0 ? settings.zones : allZoneIds.map((id) => Slug.parse(id)),
  definitionOf: zoneDefinition,
  report: {
    info: (message, facts) => log().info(message, facts),
    error: (message, facts) => log().error(message, facts),
  },
  nowMs: processClock.nowMs,
  wallClockMs: () => clock.nowMs(),
  delay: (ms) => delay(ms),
});

let stopping = false;

async function stop(signal: string): Promise<void> {
  if (stopping) return;
  stopping = true;
  log().info('draining', { signal, shardId: settings.shardId });
  const complete = await fleet.stop();
  log().info('drained', { shardId: settings.shardId, complete });
  process.exit(complete ? 0 : 1);
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal));

const port = await fleet.start();
log().info('zone fleet is up', { shardId: settings.shardId, port, zones: fleet.shard.zones.map((zone) => zone.id) });
