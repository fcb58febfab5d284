import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { runStep } from '../run-step.ts';
import { type Plan, planDomain, planEndpoint, planEvent, type ReadFile, ScaffoldError } from './scaffold.ts';

/** `npm run new:endpoint|event|domain -- …`: writes the declaration, the file and its test, formatted. */
const usage = `npm run new:endpoint -- <domain>.<verb> <METHOD> </api/v1/path>
npm run new:event    -- <EVENT_NAME> <domain> "<summary>"
npm run new:domain   -- <name> "<summary>"`;

const planners: Readonly<Record<string, (read: ReadFile, args: readonly string[]) => Plan>> = {
  endpoint: planEndpoint,
  event: planEvent,
  domain: planDomain,
};

const [kind = '', ...args] = process.argv.slice(2);
const planner = planners[kind];
try {
  if (!planner) throw new ScaffoldError(usage);
  const plan = planner((path) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined), args);
  for (const [path, content] of plan) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  await runStep(['biome', 'check', '--write', ...plan.keys()], { quiet: true });
  console.log([...plan.keys()].map((path) => `wrote ${path}`).join('\n'));
  console.log('Next: write its rule, errors and tests; `npm run generate`; `npm run check`; `npm test`.');
} catch (error) {
  if (!(error instanceof ScaffoldError)) throw error;
  console.error(error.message === usage ? usage : `${error.message}\n\n${usage}`);
  process.exitCode = 1;
}
