import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { bundleBudget, bundleSizes } from '#scripts/bundle-floor.ts';
import { median, table } from './report.ts';

const root = join(import.meta.dirname, '../..');
const rounds = 5;

/** A process of its own that only imports a bundle, and prints the CPU time of that in milliseconds. */
const probe = `
const before = process.cpuUsage();
await import(process.argv[1]);
const { user, system } = process.cpuUsage(before);
console.log((user + system) / 1000);
process.exit(0);
`;

/** Size and import CPU of every function's bundle beside a bare handler with the same SDK clients, worst first. */
export async function bundles(): Promise<void> {
  const sizes = await bundleSizes(root);
  const files = [...new Set(sizes.flatMap(({ file, floorFile }) => [file, floorFile]))];
  const samples = new Map(files.map((file) => [file, [] as number[]]));
  // Rounds over all files, so that a busy moment of the machine spoils no single one.
  for (let round = 0; round < rounds; round += 1) {
    for (const file of files) samples.get(file)!.push(importCpuMs(file));
  }
  const cpu = (file: string) => median(samples.get(file)!);
  const kb = (bytes: number) => (bytes / 1000).toFixed(0);
  const rows = sizes.map(({ fn, file, bytes, floorFile, floorBytes }) => [
    fn.id,
    kb(bytes),
    kb(floorBytes),
    kb(bytes - floorBytes),
    cpu(file).toFixed(0),
    cpu(floorFile).toFixed(0),
    (cpu(file) - cpu(floorFile)).toFixed(0),
  ]);
  const head = ['function', 'KB', 'floor', 'above', 'import CPU ms', 'floor', 'above'];
  console.log(
    `\nBundles: at most ${kb(bundleBudget.bytes)} KB and ${bundleBudget.importCpuMs} ms of import CPU above the floor`,
  );
  console.log(table(head, rows));
}

function importCpuMs(file: string): number {
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', probe, join(root, file)], {
    encoding: 'utf8',
    timeout: 30_000,
  });
  return Number(output.trim().split('\n').at(-1));
}
