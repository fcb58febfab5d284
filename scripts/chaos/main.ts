import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { type CloudReport, crashCloud } from './cloud-rounds.ts';
import type { CrashOptions, CrashReport } from './postgres-rounds.ts';
import { crashPostgres } from './postgres-rounds.ts';

const usage = `npm run chaos -- [postgres|cloud] [--rounds N] [--seed S]
  postgres   kill Postgres under load      (of both: three rounds of four)
  cloud      kill the local cloud under load
  --rounds   how often, in all (default 200)
  --seed     what a failure has printed`;

const parts: Readonly<Record<string, (options: CrashOptions) => Promise<CrashReport & Partial<CloudReport>>>> = {
  postgres: crashPostgres,
  cloud: crashCloud,
};

function fail(message: string): never {
  console.error(`${message}\n${usage}`);
  process.exit(2);
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '200' },
    seed: { type: 'string', default: String(randomInt(1, 2 ** 31)) },
  },
});
const rounds = Number(values.rounds);
const seed = Number(values.seed);
if (![rounds, seed].every((number) => Number.isSafeInteger(number) && number > 0)) fail('Give whole numbers above 0');
const [only, ...more] = positionals;
if (more.length > 0 || (only !== undefined && !(only in parts))) fail(`What is ${positionals.join(' ')}?`);

/** A round of the cloud takes twenty times as long as one of Postgres. */
const ofCloud = Math.max(1, Math.floor(rounds / 4));
const plan: readonly (readonly [name: string, rounds: number])[] =
  only === undefined
    ? [
        ['postgres', Math.max(1, rounds - ofCloud)],
        ['cloud', ofCloud],
      ]
    : [[only, rounds]];

let problems = 0;
for (const [name, count] of plan) {
  console.log(`${name}: ${count} rounds, seed ${seed}`);
  const report = await parts[name]!({ rounds: count, seed, say: (line) => console.log(line) });
  problems += report.problems.length;
  const { rounds: played, asked, inDoubt, halfWay } = report;
  const struck = halfWay
    ? ` ${halfWay.undecided} settlements struck undecided, ${halfWay.unended} decided but not ended,`
    : '';
  console.log(
    `${name}: ${played} rounds, ${asked} calls, ${inDoubt} in doubt,${struck} ${report.problems.length} problems`,
  );
}
if (problems > 0)
  console.log(`Again: npm run chaos --${only === undefined ? '' : ` ${only}`} --rounds ${rounds} --seed ${seed}`);
process.exit(problems === 0 ? 0 : 1);
