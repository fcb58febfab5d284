import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ChainRunner, drawSteps, shrink } from './chain.ts';
import { settings, testDefaults } from './settings.ts';
import { Stage } from './stage.ts';

vi.mock('node:crypto', async (original) => (await import('./cheap-passwords.ts')).withCheapPasswords(await original()));

const STEP_TIMEOUT_MS = 300;

describe.skipIf(settings.endpoint)(`chains of calls (seed ${settings.seed}, ${settings.chains} chains)`, () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open();
  }, 240_000);
  afterAll(() => stage?.close());

  it(
    'break no rule, whatever players do to each other',
    async () => {
      const runner = new ChainRunner(stage);
      const chains =
        settings.onlyChain === undefined
          ? Array.from({ length: settings.chains }, (_none, chain) => chain)
          : [settings.onlyChain];
      for (const chain of chains) {
        const steps = drawSteps(settings.seed, chain, testDefaults.steps);
        const failure = await runner.run(steps);
        if (!failure) continue;
        const least = await shrink(runner, steps, failure);
        expect.fail(
          [
            `chain ${chain} of seed ${settings.seed} breaks at ${least.failure.step.id}:`,
            ...least.failure.wrong.map((line) => `  ${line}`),
            ...least.steps.map(
              ({ who, id, kind, waitMs, deliver }) =>
                `  ${who} ${id} (${kind}, after ${waitMs} ms${deliver ? ', events delivered' : ''})`,
            ),
            `  sent ${JSON.stringify(least.failure.sent).slice(0, 1_500)}`,
            `  got  ${least.failure.outcome.status} ${least.failure.outcome.text.slice(0, 1_000)}`,
            `  again: npm run fuzz -- --chain ${chain} --seed ${settings.seed}`,
          ].join('\n'),
        );
      }
      const { answers, calls } = runner;
      console.log(`${calls} calls in ${chains.length} chains: ${JSON.stringify(answers)}`);
      const succeeded = Object.entries(answers)
        .filter(([answer]) => answer.startsWith('2'))
        .reduce((sum, [, count]) => sum + count, 0);
      // Chains that are refused all the time reach no state worth a test.
      if (settings.onlyChain === undefined) expect(succeeded).toBeGreaterThan(calls / 4);
    },
    60_000 + settings.chains * testDefaults.steps * STEP_TIMEOUT_MS,
  );
});
