import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { Slug } from '#shared/kernel/ids.ts';
import { fixtureCharacter, fixtureZone } from '../../testing/fixture-zone.ts';
import { MemoryPorts } from '../../testing/memory-ports.ts';
import { ShardHarness } from '../../testing/shard-harness.ts';
import { readConfig } from '../config.ts';
import { FleetProcess } from './fleet-process.ts';
import { type LiveFeed, liveZone, sparingly } from './live-feed.ts';

let harness: ShardHarness | undefined;
let fleet: FleetProcess | undefined;
afterEach(async () => {
  await harness?.stop();
  await fleet?.stop();
  harness = undefined;
  fleet = undefined;
});

describe('the live feed of a zone', () => {
  it('shows everybody where the server has them, and who sees how much at what cost', async () => {
    harness = await new ShardHarness().start();
    const client = await harness.enter(fixtureCharacter('Vesper'));
    const zone = harness.shard.zones[0]!;
    const told = liveZone(zone, (one) => harness!.server.bytesSentTo(one));
    expect(told).toMatchObject({ zoneId: 'test-yard', columns: 10, players: 1, untold: { entities: 0, watchers: 0 } });
    expect(told.entities).toHaveLength(zone.sim.state.entities.size);
    const [watcher] = told.watchers;
    const own = told.entities.find(({ id }) => id === watcher!.entityId)!;
    expect(own).toMatchObject({ name: 'Vesper', sort: 0 });
    expect(watcher!.cells).toContain(own.cell);
    expect(watcher!.entitiesSeen).toBe(client.replica.entities.size);
    expect(watcher!.bytesSent).toBeGreaterThan(0);
    expect(harness.server.bytesSent).toBe(watcher!.bytesSent);
  });

  it('counts what was sent to those who are gone', async () => {
    harness = await new ShardHarness().start();
    const client = await harness.enter(fixtureCharacter('Vesper'));
    const before = harness.server.bytesSent;
    client.disconnect();
    await harness.until(() => harness!.server.connections === 0);
    expect(harness.server.bytesSent).toBeGreaterThanOrEqual(before);
  });

  it('is made ten times a second at most', () => {
    let nowMs = 0;
    let made = 0;
    const feed = sparingly(
      () => nowMs,
      () => String(++made),
    );
    expect([feed(), feed()]).toEqual(['1', '1']);
    nowMs = 99;
    expect(feed()).toBe('1');
    nowMs = 100;
    expect(feed()).toBe('2');
  });
});

describe('a fleet process', () => {
  async function processWith(env: Record<string, string>): Promise<string> {
    const definition = fixtureZone();
    const settings = { STAGE: 'dev', TABLE_NAME: 'game', SHARD_ID: 'a', PUBLIC_URL: 'ws://zones.test/a', PORT: '0' };
    fleet = new FleetProcess({
      settings: readConfig({ ...settings, ...env }),
      ports: new MemoryPorts(() => Date.now()),
      zoneIds: [definition.id as Slug],
      definitionOf: () => definition,
      report: { info: () => {}, error: () => {} },
      nowMs: () => performance.now(),
      wallClockMs: () => Date.now(),
      delay: (ms) => delay(ms, undefined, { ref: false }),
    });
    return `http://127.0.0.1:${await fleet.start()}`;
  }

  it('has no live feed unless it is told to', async () => {
    const url = await processWith({});
    expect((await fetch(`${url}/live`)).status).toBe(404);
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });

  it('tells this machine of its zones where it is told to', async () => {
    const url = await processWith({ LIVE_FEED: 'on' });
    const feed = (await (await fetch(`${url}/live`)).json()) as LiveFeed;
    expect(feed).toMatchObject({ shardId: 'a', connections: 0, zones: [{ zoneId: 'test-yard', watchers: [] }] });
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('zone_bytes_sent_total 0');
  });
});
