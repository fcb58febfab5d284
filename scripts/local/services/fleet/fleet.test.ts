import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { registryOf, stackOf } from '../../testing/fixtures.ts';
import { freePort } from '../free-port.ts';
import { FleetService } from './fleet-service.ts';
import { fleetShardSpec } from './fleet-shard-spec.ts';

let folder: string;
let service: FleetService | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fleet-'));
});

afterEach(async () => {
  await service?.stop();
  service = undefined;
  rmSync(folder, { recursive: true });
});

const Environment = [
  { Name: 'SHARD_ID', Value: 'shard-0' },
  { Name: 'PORT', Value: '8080' },
  { Name: 'ALLOWED_ORIGINS', Value: 'https://game.test' },
  { Name: 'PUBLIC_URL', Value: { 'Fn::Join': ['', ['ws://', { 'Fn::GetAtt': ['Balancer', 'DNSName'] }, '/shard-0']] } },
  { Name: 'PUBLIC_HTTP_URL', Value: 'http://127.0.0.1:5000' },
];
const registry = registryOf(
  stackOf({
    Resources: {
      Balancer: { Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer', Properties: {} },
      Targets: { Type: 'AWS::ElasticLoadBalancingV2::TargetGroup', Properties: { HealthCheckPath: '/healthz' } },
      Task: {
        Type: 'AWS::ECS::TaskDefinition',
        Properties: { ContainerDefinitions: [{ Name: 'zone', Environment, PortMappings: [{ ContainerPort: 8080 }] }] },
      },
      Shard: {
        Type: 'AWS::ECS::Service',
        Properties: { TaskDefinition: { Ref: 'Task' }, LoadBalancers: [{ TargetGroupArn: { Ref: 'Targets' } }] },
      },
    },
  }),
);

/** A shard of the templates above that runs this script, and its log. */
async function shardOf(script: string) {
  const entry = join(folder, 'main.mjs');
  writeFileSync(entry, script);
  const port = await freePort();
  const shard = fleetShardSpec(registry.ofType('AWS::ECS::Service')[0]!, port, {
    registry,
    entry,
    sdkEnvironment: { AWS_REGION: 'eu-central-1' },
    pagePort: 4012,
  });
  const logFile = join(folder, 'fleet.log');
  const failures: string[] = [];
  service = new FleetService({ shard, logFile, onFailure: (message) => failures.push(message) });
  return { service, shard, port, failures, log: () => readFileSync(logFile, 'utf8') };
}

const server = `
  import { createServer } from 'node:http';
  const server = createServer((request, response) => {
    if (request.url === '/crash') process.exit(3);
    response.end(request.url === '/healthz' ? String(process.pid) : JSON.stringify(process.env));
  });
  process.on('SIGTERM', () => { console.log('draining'); process.exit(0); });
  setTimeout(() => server.listen(process.env.PORT, '127.0.0.1'), 50);`;

test('the container’s port and the balancer’s address become local in the process’s environment', async () => {
  const { shard, port } = await shardOf(server);
  expect(shard).toMatchObject({
    name: 'shard-0',
    healthPath: '/healthz',
    publicUrl: `ws://127.0.0.1:${port}/shard-0`,
    env: {
      PORT: String(port),
      PUBLIC_URL: `ws://127.0.0.1:${port}/shard-0`,
      PUBLIC_HTTP_URL: 'http://127.0.0.1:5000',
      AWS_REGION: 'eu-central-1',
      ALLOWED_ORIGINS: 'https://game.test,http://127.0.0.1:4012,http://localhost:4012',
      LIVE_FEED: 'on',
    },
  });
});

test('start waits for health, a crash is followed by a new process, stop lets it drain', async () => {
  const { service, port, failures, log } = await shardOf(server);
  await service.start();
  const pid = async () => (await fetch(`http://127.0.0.1:${port}/healthz`)).text();
  const first = await pid();
  await fetch(`http://127.0.0.1:${port}/crash`).catch(() => undefined);
  await vi.waitFor(async () => expect(await pid()).not.toBe(first), { timeout: 10_000 });
  expect(failures).toEqual([expect.stringContaining('exit 3')]);
  await service.stop();
  expect(log()).toContain('draining');
  await expect(pid()).rejects.toThrow();
});

test('a process that ends before it is healthy fails the start with the end of its log', async () => {
  const { service } = await shardOf("console.error('no table'); process.exit(1)");
  await expect(service.start()).rejects.toThrow(/did not become healthy[\s\S]*no table/);
});

test('a missing bundle is named with the command that makes it', async () => {
  const { service } = await shardOf(server);
  rmSync(join(folder, 'main.mjs'));
  await expect(service.start()).rejects.toThrow(/main\.mjs is missing: run "npm run build"/);
});
