import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { neverSucceed } from './exceptions.ts';
import { invalidRequest } from './invalid-request.ts';
import { type DocumentedOperation, operations } from './operations.ts';
import { codeOf, complaints, invalidComplaints } from './oracle.ts';
import { diceOf } from './random.ts';
import { type CaseKind, settings } from './settings.ts';
import { type Outcome, Stage } from './stage.ts';
import { type FuzzRequest, underSpecified, validRequest } from './valid-request.ts';

const MOST_FAILURES = 3;
const CASE_TIMEOUT_MS = 200;
/** Token buckets hold 20: their rows need not be put back after every case. */
const RATE_ROWS_EVERY = 15;

/** How often each kind of case was answered how. */
export interface Counts {
  readonly endpoint: string;
  readonly valid: Record<string, number>;
  readonly invalid: Record<string, number>;
  /** Share of drawn values that the document allows and the contract refuses. */
  readonly underSpecified: number;
  /** Processor time of this process; DynamoDB Local's is not in it. */
  readonly cpuMs: number;
}

interface Case {
  readonly what: string;
  readonly request: FuzzRequest;
}

function caseOf(stage: Stage, operation: DocumentedOperation, kind: CaseKind, index: number): Case {
  const dice = diceOf(settings.seed, operation.endpoint.id, kind, index);
  const valid = validRequest(operation, dice, stage.supplyFor(operation, stage.callerOf(operation, index), index));
  return kind === 'valid' ? { what: 'flawless', request: valid } : invalidRequest(operation, valid, dice, index);
}

const isRateRow = (key: string): boolean => key.startsWith('RATE#');

/** Runs one case against the baseline and puts back what it changed. */
async function run(stage: Stage, operation: DocumentedOperation, { request }: Case, index: number): Promise<Outcome> {
  const outcome = await stage.send(operation.endpoint, request, actorOf(stage, operation, index));
  await stage.journal.rewind(index % RATE_ROWS_EVERY === 0 ? undefined : isRateRow);
  return outcome;
}

function actorOf(stage: Stage, operation: DocumentedOperation, index: number) {
  return operation.endpoint.auth === 'public' ? undefined : stage.callerOf(operation, index).actor;
}

/** Everything that whoever meets the failure needs: what was sent, what came, and how to see it again. */
function report(
  operation: DocumentedOperation,
  kind: CaseKind,
  index: number,
  one: Case,
  outcome: Outcome,
  wrong: string[],
) {
  const { id } = operation.endpoint;
  return [
    `${id} ${kind}:${index} (seed ${settings.seed}), ${one.what}`,
    ...wrong.map((line) => `  ${line}`),
    `  sent ${JSON.stringify(one.request).slice(0, 1_500)}`,
    `  got  ${outcome.status} ${outcome.text.slice(0, 1_000)}`,
    `  again: npm run fuzz -- --endpoint ${id} --seed ${settings.seed} --case ${kind}:${index}`,
  ].join('\n');
}

const tally = (counts: Record<string, number>, key: string): void => {
  counts[key] = (counts[key] ?? 0) + 1;
};

async function fuzz(stage: Stage, operation: DocumentedOperation): Promise<{ counts: Counts; failures: string[] }> {
  const startedAt = process.cpuUsage();
  const failures: string[] = [];
  const answers: Record<CaseKind, Record<string, number>> = { valid: {}, invalid: {} };
  for (const kind of ['valid', 'invalid'] as const) {
    if (settings.only && settings.only.kind !== kind) continue;
    const indexes = settings.only
      ? [settings.only.index]
      : Array.from({ length: settings.cases }, (_none, index) => index);
    for (const index of indexes) {
      const one = caseOf(stage, operation, kind, index);
      const outcome = await run(stage, operation, one, index);
      tally(answers[kind], `${outcome.status} ${codeOf(outcome)}`.trim());
      const wrong = [
        ...complaints(operation, outcome),
        ...(kind === 'invalid' ? invalidComplaints(outcome) : []),
        ...(kind === 'valid' && codeOf(outcome) === 'request.rate_limited' ? ['the run met its own rate limit'] : []),
      ];
      if (wrong.length > 0) failures.push(report(operation, kind, index, one, outcome, wrong));
      if (settings.only) console.log(report(operation, kind, index, one, outcome, wrong));
      if (failures.length >= MOST_FAILURES) return { counts: countsOf(operation, answers, startedAt), failures };
    }
  }
  return { counts: countsOf(operation, answers, startedAt), failures };
}

function countsOf(
  { endpoint }: DocumentedOperation,
  answers: Pick<Counts, 'valid' | 'invalid'>,
  startedAt: NodeJS.CpuUsage,
): Counts {
  const { user, system } = process.cpuUsage(startedAt);
  const { tried, refused } = underSpecified.get(endpoint.id) ?? { tried: 0, refused: 0 };
  return {
    endpoint: endpoint.id,
    ...answers,
    underSpecified: tried === 0 ? 0 : refused / tried,
    cpuMs: Math.round((user + system) / 1_000),
  };
}

function keep(counts: Counts): void {
  if (!settings.reportDir) return;
  mkdirSync(settings.reportDir, { recursive: true });
  writeFileSync(join(settings.reportDir, `${counts.endpoint}.json`), JSON.stringify(counts));
}

/** The endpoints of one of `of` test files, so that test workers share the work. */
export function shardOf(shard: number, of: number): readonly DocumentedOperation[] {
  return operations
    .filter(({ endpoint }) => endpoint.id.startsWith(settings.endpoint ?? ''))
    .filter((_operation, index) => index % of === shard);
}

/** Declares the tests of one shard: for every endpoint, valid and invalid requests without number. */
export function describeHttpFuzz(shard: number, of: number): void {
  const chosen = shardOf(shard, of);
  if (chosen.length === 0) {
    it.skip('has no endpoint here', () => {});
    return;
  }
  describe(`requests of every kind (seed ${settings.seed}, ${settings.cases} valid and ${settings.cases} invalid)`, () => {
    let stage: Stage;
    beforeAll(async () => {
      stage = await Stage.open(new Set(chosen.map(({ endpoint }) => endpoint.id)));
    }, 120_000);
    afterAll(() => stage?.close());

    it.each(chosen.map((operation) => [operation.endpoint.id, operation] as const))(
      '%s answers as documented and changes nothing that it refuses',
      async (id, operation) => {
        const { counts, failures } = await fuzz(stage, operation);
        keep(counts);
        expect(failures.join('\n\n')).toBe('');
        // The journal saw every write: the whole table is what it was.
        await stage.journal.rewind();
        expect(await stage.journal.hash()).toBe(stage.journal.baselineHash());
        if (settings.only) return;
        const succeeded = Object.keys(counts.valid).some((answer) => answer.startsWith('2'));
        expect(succeeded, `valid cases of ${id} were answered ${JSON.stringify(counts.valid)}: it needs a recipe`).toBe(
          !(id in neverSucceed),
        );
      },
      30_000 + settings.cases * CASE_TIMEOUT_MS,
    );
  });
}
