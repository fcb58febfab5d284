import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './scripts/longest-first.ts';

const quiet = { LOG_LEVEL: process.env.LOG_LEVEL ?? 'SILENT' };
const never = ['**/node_modules/**', '**/dist/**', '**/cdk.out/**', '.local/**'];

/** Three levels: rules and codecs; domains against real stores; the whole local cloud. */
export default defineConfig({
  test: {
    env: quiet,
    sequence: { sequencer: LongestFirst },
    // One more than cores: a worker waits for the stores, which all share, half of its time.
    maxWorkers: availableParallelism() + 1,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['**/*.test.ts'],
          exclude: [...never, '**/*.int.test.ts', '**/*.e2e.test.ts'],
          testTimeout: 20_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['**/*.int.test.ts'],
          exclude: never,
          globalSetup: ['shared/testing/stores.global-setup.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['**/*.e2e.test.ts'],
          exclude: never,
          // After the others, two clouds at a time: each with its clients waits half of its time. With three, what must
          // happen within seconds does not.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
