import { randomInt } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runStep } from '../run-step.ts';
import type { Counts } from './http-fuzz.ts';

/** `npm run fuzz`: ten times what `npm test` does, with a new seed; see README.md for replays. */
const TEN_TIMES = { cases: '3000', chains: '600', frames: '500000' } as const;

const LONGEST_MS = 3 * 3_600_000;

const { values } = parseArgs({
  options: {
    endpoint: { type: 'string' },
    seed: { type: 'string', default: String(randomInt(1, 2 ** 31)) },
    cases: { type: 'string', default: TEN_TIMES.cases },
    chains: { type: 'string', default: TEN_TIMES.chains },
    frames: { type: 'string', default: TEN_TIMES.frames },
    case: { type: 'string' },
    chain: { type: 'string' },
    memory: { type: 'boolean', default: false },
  },
});

function report(folder: string): void {
  const all = readdirSync(folder)
    .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Counts)
    .sort((a, b) => (a.endpoint < b.endpoint ? -1 : 1));
  const spell = (answers: Record<string, number>) =>
    Object.entries(answers)
      .sort(([, a], [, b]) => b - a)
      .map(([answer, count]) => `${answer} × ${count}`)
      .join(', ');
  let cases = 0;
  let cpuMs = 0;
  for (const counts of all) {
    cases += [counts.valid, counts.invalid].flatMap(Object.values).reduce((sum, count) => sum + count, 0);
    cpuMs += counts.cpuMs;
    console.log(`${counts.endpoint} (${(counts.cpuMs / 1_000).toFixed(1)} s)`);
    console.log(`  valid    ${spell(counts.valid)}`);
    console.log(`  invalid  ${spell(counts.invalid)}`);
    if (counts.underSpecified > 0.2) {
      console.log(
        `  ${Math.round(counts.underSpecified * 100)} % of what its document allows is refused: say more in its schema`,
      );
    }
  }
  console.log(`${cases} requests to ${all.length} endpoints, ${(cpuMs / 1_000).toFixed(0)} s of processor time`);
}

/** The test files that the options ask for. */
function wanted(): string[] {
  if (values.chain !== undefined) return ['scripts/fuzz/chains'];
  if (values.case !== undefined) return ['scripts/fuzz/http-'];
  if (values.endpoint !== undefined) return ['scripts/fuzz/http-', 'scripts/fuzz/matrix'];
  return ['scripts/fuzz'];
}

if (values.case !== undefined && values.endpoint === undefined) throw new RangeError('--case needs its --endpoint');
const folder = mkdtempSync(join(tmpdir(), 'fuzz-'));
Object.assign(process.env, {
  FUZZ_SEED: values.seed,
  FUZZ_CASES: values.cases,
  FUZZ_CHAINS: values.chains,
  FUZZ_FRAMES: values.frames,
  FUZZ_ENDPOINT: values.endpoint ?? '',
  FUZZ_CASE: values.case ?? '',
  FUZZ_CHAIN: values.chain ?? '',
  FUZZ_STORE: values.memory ? 'memory' : 'real',
  FUZZ_REPORT: folder,
});
console.log(`seed ${values.seed}`);
const { ok } = await runStep(['vitest', 'run', '--reporter=default', ...wanted()], {
  timeoutMs: LONGEST_MS,
});
report(folder);
console.log(`seed ${values.seed}`);
rmSync(folder, { recursive: true, force: true });
process.exit(ok ? 0 : 1);
