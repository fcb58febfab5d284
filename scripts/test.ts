import { readFile, rm } from 'node:fs/promises';
import { chromium } from './chromium.ts';
import { runStep } from './run-step.ts';
import { ensureProgram } from './system-program.ts';

/**
 * `npm test`: build, synthesize, then every test. Arguments go to vitest (`npm test -- shared/stomp`). The last line is
 * `N passed, N failed`.
 */
const REPORT = '.local/test-report.json';

async function prepare(name: string, script: string): Promise<void> {
  const startedMs = Date.now();
  const { ok, output } = await runStep(['node', script], { quiet: true });
  console.log(`${ok ? '✔' : '✘'} ${name} (${((Date.now() - startedMs) / 1_000).toFixed(1)} s)`);
  if (ok) return;
  console.log(output);
  console.log('0 passed, 1 failed');
  process.exit(1);
}

// It takes half a minute to install and is wanted last. Where it cannot be had, its test says so.
if (process.argv.length === 2) void ensureProgram(chromium, { say: console.log }).catch(() => {});
await prepare('build', 'scripts/build.ts');
await prepare('synth', 'scripts/synth.ts');
await rm(REPORT, { force: true });
const { ok } = await runStep(
  ['vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${REPORT}`, ...process.argv.slice(2)],
  // A slow machine takes long; what hangs ends by the limits of its test.
  { timeoutMs: 40 * 60_000 },
);
const report = JSON.parse(await readFile(REPORT, 'utf8').catch(() => '{}')) as {
  numPassedTests?: number;
  numFailedTests?: number;
  numFailedTestSuites?: number;
};
const passed = report.numPassedTests ?? 0;
// A suite that could not even start has failed, though it counts no test.
const failed = Math.max(report.numFailedTests ?? 0, ok ? 0 : Math.max(1, report.numFailedTestSuites ?? 0));
console.log(`${passed} passed, ${failed} failed`);
process.exit(ok && passed > 0 ? 0 : 1);
