import { join } from 'node:path';
import { type RunningAddresses, startLocalCloud } from './cloud.ts';
import { parseOptions } from './options.ts';

const root = join(import.meta.dirname, '../..');

process.env.TZ = 'UTC';
const beganMs = performance.now();

try {
  const options = parseOptions(process.argv.slice(2), root);
  const cloud = await startLocalCloud({
    ...options,
    root,
    build: true,
    onStep: (step, durationMs) => console.log(`  ${step.padEnd(36)} ${(durationMs / 1_000).toFixed(2).padStart(6)} s`),
  });
  console.log(banner(cloud.addresses, (performance.now() - beganMs) / 1_000));

  let stopping = false;
  const stop = async (): Promise<void> => {
    // A second Ctrl-C does not wait.
    if (stopping) process.exit(1);
    stopping = true;
    console.log('\nStopping …');
    await cloud.stop();
    process.exit(0);
  };
  process.on('SIGINT', () => void stop());
  process.on('SIGTERM', () => void stop());
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
