import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { bundleBudget, bundleSizes } from '#scripts/bundle-floor.ts';
import { table } from './report.ts';

const root = join(import.meta.dirname, '../..');
/** Import times scatter upwards only, by whatever else the machine does: the lower quartile of many rounds is steady. */
const rounds = 12;

/** A process of its own that only imports a bundle, and prints the CPU time of that in milliseconds. */
const probe = `
const before = process.cpuUsage();
await import(process.argv[1]);
const { user, system } = process.cpuUsage(before);
console.log((user + system) / 1000);
process.exit(0);
`;

/**
 * Size and import CPU of every function's bundle beside a handler that does nothing with the same SDK clients: bare, as
 * esbuild alone bundles it, and trimmed as our build does it. Worst first.
 */
export async function bundles(): Promise<void> {
  const sizes = await bundleSizes(root);
  const files = [...new Set(sizes.flatMap(({ file, floorFile, bareFile }) => [file, floorFile, bareFile]))];
  const samples = new Map(files.map((file) => [file, [] as number[]]));
  // Rounds over all files, so that a busy moment of the machine spoils no single one.
  for (let round = 0; round < rounds; round += 1) {
    for (const file of files) samples.get(file)!.push(importCpuMs(file));
  }
  const cpu = new Map(files.map((file) => [file, lowerQuartile(samples.get(file)!)]));
  const kb = (bytes: number) => (bytes / 1000).toFixed(0);
  const rows = sizes
    .map(({ fn, file, bytes, floorFile, floorBytes, bareFile, bareBytes }) => {
      const [own, floor, bare] = [cpu.get(file)!, cpu.get(floorFile)!, cpu.get(bareFile)!];
      return { id: fn.id, bytes, floorBytes, bareBytes, own, floor, bare };
    })
    .sort((a, b) => b.own - b.bare - (a.own - a.bare))
    .map(({ id, bytes, floorBytes, bareBytes, own, floor, bare }) => [
      ...[id, kb(bytes), kb(bareBytes), kb(floorBytes), kb(bytes - floorBytes)],
      ...[own, bare, own - bare, floor, own - floor].map((ms) => ms.toFixed(0)),
    ]);
  const head = [
    ...['function', 'KB', 'bare', 'trimmed', 'above trimmed'],
    ...['CPU ms', 'bare', 'above bare', 'trimmed', 'above trimmed'],
  ];
  console.log(
    `\nBundles: at most ${kb(bundleBudget.bytes)} KB and ${bundleBudget.importCpuMs} ms of import CPU above a bare handler, ` +
      `${kb(bundleBudget.bytesAboveTrimmed)} KB above a trimmed one; lower quartile of ${rounds} rounds`,
  );
  console.log(table(head, rows));
}

function lowerQuartile(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 4)]!;
}

function importCpuMs(file: string): number {
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', probe, join(root, file)], {
    encoding: 'utf8',
    timeout: 30_000,
  });
  return Number(output.trim().split('\n').at(-1));
}
