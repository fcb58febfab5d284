import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createTestTable } from '../../test-table.ts';
import { createMemoryTestTable } from '../memory-test-table.ts';
import { anyOperation, partitions, placed, sorts } from './draw-operations.ts';
import { failureOf, isKnown, type Reply, replyOf, vainDeletes } from './known-differences.ts';
import { send, type TableOperation } from './operation.ts';

/** Fixed, so that the same code gives the same result. `TABLE_SEED` draws others; `TABLE_PATH` replays one sequence. */
const SEED = Number(process.env.TABLE_SEED ?? 2077);
const RUNS = Number(process.env.TABLE_RUNS ?? 100);
const LONGEST_RUN = 150;
const PATH = process.env.TABLE_PATH;

describe(`the memory table and DynamoDB Local (seed ${SEED})`, () => {
  const name = `differential-${randomUUID()}`;
  const twin = createMemoryTestTable(name);
  let local: Awaited<ReturnType<typeof createTestTable>>;
  let runs = 0;
  const answers: Record<string, number> = {};
  let sent = 0;

  beforeAll(async () => {
    local = await createTestTable(inject('dynamoDbEndpoint'), name);
  });
  afterAll(() => local?.drop());

  async function ask({ client }: Pick<typeof twin, 'client'>, operation: TableOperation): Promise<Reply> {
    try {
      return replyOf(operation, await send(client, operation));
    } catch (error) {
      return failureOf(error);
    }
  }

  /** What the two disagree about; undefined: nothing. */
  async function difference(operation: TableOperation): Promise<string | undefined> {
    const vain = vainDeletesOf(operation);
    const [ofLocal, ofTwin] = [await ask(local, operation), await ask(twin, operation)];
    sent += 1;
    const answer = `${operation.name} ${ofTwin.error ?? 'ok'}`;
    answers[answer] = (answers[answer] ?? 0) + 1;
    const expected = ofLocal.units === undefined ? ofLocal : { ...ofLocal, units: ofLocal.units - vain };
    if (isDeepStrictEqual(expected, ofTwin) || isKnown(operation, expected, ofTwin)) return undefined;
    return [`DynamoDB Local answers ${spell(expected)}`, `the memory table      ${spell(ofTwin)}`].join('\n');
  }

  function vainDeletesOf(operation: TableOperation): number {
    try {
      return vainDeletes(operation, twin.memory);
    } catch {
      return 0;
    }
  }

  const wholeSpace: TableOperation = {
    name: 'BatchGet',
    input: {
      RequestItems: {
        '@table': { ConsistentRead: true, Keys: partitions.flatMap((pk) => sorts.map((sk) => ({ pk, sk }))) },
      },
    },
  };

  it('agree on every request, and on what they hold afterwards', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.noBias(fc.array(anyOperation, { minLength: 1, maxLength: LONGEST_RUN, size: 'max' })),
        async (operations) => {
          runs += 1;
          for (const operation of [...operations, wholeSpace]) {
            const one = placed(operation, name, `${runs}.`);
            const found = await difference(one);
            if (found) throw new Error(`after ${operations.indexOf(operation)} requests, ${spell(one)}\n${found}`);
          }
        },
      ),
      {
        seed: SEED,
        numRuns: RUNS,
        ...(PATH === undefined ? {} : { path: PATH }),
        // Shrinking asks DynamoDB Local again and again.
        interruptAfterTimeLimit: 240_000,
        reporter: (details) => {
          if (!details.failed) return;
          throw new Error(
            `${(details.errorInstance as Error)?.message}\nsequence:\n${details.counterexample?.[0].map(spell).join('\n')}\n` +
              `again: TABLE_SEED=${details.seed} TABLE_PATH=${details.counterexamplePath} npx vitest run shared/testing/memory-table`,
          );
        },
      },
    );
    if (PATH !== undefined || RUNS < 140) return;
    expect(sent).toBeGreaterThanOrEqual(10_000);
    // Requests that are refused as such compare little.
    for (const name of ['Put', 'Update', 'Delete', 'Get', 'Query', 'BatchWrite', 'TransactWrite']) {
      expect(answers[`${name} ok`], spell(answers)).toBeGreaterThan(100);
    }
    expect(answers['TransactWrite TransactionCanceledException'], spell(answers)).toBeGreaterThan(100);
  }, 300_000);
});

function spell(value: unknown): string {
  return JSON.stringify(value, (_name, one) => {
    if (one instanceof Set) return { set: [...one] };
    if (one instanceof Uint8Array) return { bytes: [...one] };
    if (typeof one === 'bigint') return `${one}n`;
    return typeof one === 'string' && one.length > 60 ? `${one.slice(0, 20)}… (${one.length})` : one;
  });
}
