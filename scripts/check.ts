import { runStep } from './run-step.ts';

/** `npm run check`: everything that must hold and needs no running store. */
const SOURCES = ['shared', 'functions', 'events', 'content', 'infra', 'scripts', 'gamelift-fleet'];
/** A cruise that read fewer modules than this has not read the project, whatever it says. */
const LEAST_MODULES = 300;

interface Check {
  readonly name: string;
  readonly run: () => Promise<string | undefined>;
}

async function tool(command: readonly string[]): Promise<string | undefined> {
  const { ok, output } = await runStep(command, { quiet: true });
  return ok ? undefined : output;
}

/** Side by side: on two cores the types of the whole take as long as all the others together. */
const lanes: readonly (readonly Check[])[] = [
  [{ name: 'types', run: () => tool(['tsc', '-p', '.']) }],
  [
    { name: 'format and lint', run: () => tool(['biome', 'check', '--error-on-warnings', '.']) },
    { name: 'types of the page', run: () => tool(['tsc', '-p', 'gamelift-fleet/page']) },
    { name: 'directions', run: directions },
    { name: 'generated documents', run: () => tool(['node', 'scripts/generate/main.ts', '--check']) },
  ],
];

async function directions(): Promise<string | undefined> {
  const { ok, output } = await runStep(['depcruise', '--config', '.dependency-cruiser.cjs', ...SOURCES], {
    quiet: true,
  });
  if (!ok) return output;
  const modules = Number(/\((\d+) modules/.exec(output)?.[1] ?? 0);
  return modules >= LEAST_MODULES
    ? undefined
    : `only ${modules} modules were read: the check checked nothing\n${output}`;
}

let failures = 0;
async function runCheck({ name, run }: Check): Promise<void> {
  const startedMs = Date.now();
  const problem = await run();
  console.log(`${problem === undefined ? '✔' : '✘'} ${name} (${((Date.now() - startedMs) / 1_000).toFixed(1)} s)`);
  if (problem === undefined) return;
  failures += 1;
  console.log(problem);
}

await Promise.all(
  lanes.map(async (lane) => {
    for (const check of lane) await runCheck(check);
  }),
);
process.exit(failures === 0 ? 0 : 1);
