import { join } from 'node:path';
import { type LocalCloud, type RunningAddresses, startLocalCloud } from './cloud.ts';
import { parseOptions } from './options.ts';

const root = join(import.meta.dirname, '../..');

process.env.TZ = 'UTC';
const beganMs = performance.now();

const abort = new AbortController();
let cloud: LocalCloud | undefined;
let stopping = false;

async function stop(exitCode: number): Promise<void> {
  // A second Ctrl-C does not wait.
  if (stopping) process.exit(1);
  stopping = true;
  console.log('\nStopping …');
  abort.abort(new Error('Stopped while starting'));
  if (!cloud) return;
  await cloud.stop();
  process.exit(exitCode);
}

process.on('SIGINT', () => void stop(0));
process.on('SIGTERM', () => void stop(0));
process.on('uncaughtException', (error) => {
  console.error(error);
  void stop(1);
});

try {
  cloud = await startLocalCloud({
    ...parseOptions(process.argv.slice(2), root),
    root,
    build: true,
    signal: abort.signal,
    onStep: (step, durationMs) => console.log(`  ${step.padEnd(36)} ${(durationMs / 1_000).toFixed(2).padStart(6)} s`),
  });
  console.log(banner(cloud.addresses, (performance.now() - beganMs) / 1_000));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

function banner(addresses: RunningAddresses, seconds: number): string {
  const lines: [string, string][] = [
    ['HTTP API', addresses.httpUrl],
    ['Admin HTTP API', addresses.adminUrl],
    ['WebSocket (STOMP)', addresses.socketUrl],
    ...addresses.others.map(({ label, url }): [string, string] => [label, url]),
    ['API reference', `${addresses.controlUrl}/reference`],
    ['Clock, queues, logs', `${addresses.controlUrl}/`],
  ];
  return [
    '',
    `NECPGAME is running (${seconds.toFixed(1)} s)`,
    ...lines.filter(([, url]) => url).map(([label, url]) => `  ${label.padEnd(22)}${url}`),
    '',
    '  Play the journey      npm run journey -- --players 20',
    '  Stop                  Ctrl-C',
    '',
  ].join('\n');
}
