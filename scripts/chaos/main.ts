import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { type CloudReport, crashCloud } from './cloud-rounds.ts';
import { summaryOf } from './fleet/zone-report.ts';
import { crashFleet } from './fleet/zone-rounds.ts';
import type { CrashOptions, CrashReport } from './postgres-rounds.ts';
import { crashPostgres } from './postgres-rounds.ts';

const usage = `npm run chaos -- [postgres|cloud|zone] [--rounds N] [--seed S] [--bots N]
  postgres   kill Postgres under load      (of both: three rounds of four)
  cloud      kill the local cloud under load
  zone       kill and stop fleet processes under bots; by itself alone
  --bots     how many of them (default 200)
  --lease    how long a zone is without an owner at most, in ms (default 10000)
  --count-every  after how many rounds all items are counted (default 1)
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
    bots: { type: 'string', default: '200' },
    lease: { type: 'string', default: '10000' },
    'count-every': { type: 'string', default: '1' },
    seed: { type: 'string', default: String(randomInt(1, 2 ** 31)) },
  },
});
const rounds = Number(values.rounds);
const seed = Number(values.seed);
const [bots, leaseMs, countEvery] = [Number(values.bots), Number(values.lease), Number(values['count-every'])];
if (![rounds, seed, bots, leaseMs, countEvery].every((number) => Number.isSafeInteger(number) && number > 0))
  fail('Give whole numbers above 0');
const [only, ...more] = positionals;
if (only === 'zone' && more.length === 0) {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  console.log(`zone: ${rounds} rounds, ${bots} bots, seed ${seed}`);
  const say = (line: string) => console.log(line);
  const report = await crashFleet({ rounds, seed, bots, leaseMs, countEvery, say });
  console.log(`zone: ${summaryOf(report)}`);
  if (report.problems.length > 0)
    console.log(
      `Again: npm run chaos -- zone --rounds ${rounds} --seed ${seed} --bots ${bots} --lease ${leaseMs} --count-every ${countEvery}`,
    );
  process.exit(report.problems.length === 0 ? 0 : 1);
}
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
