export type CaseKind = 'valid' | 'invalid';

/** What a run of the fuzz tests is asked to do; `npm run fuzz` sets it, `npm test` takes the defaults. */
export interface FuzzSettings {
  readonly seed: number;
  /** Valid cases per endpoint, and as many invalid ones. */
  readonly cases: number;
  /** Chains of calls. */
  readonly chains: number;
  /** Mutated STOMP messages for the parser. */
  readonly frames: number;
  /** Only endpoints whose id begins with this. */
  readonly endpoint: string | undefined;
  /** Only this case, to replay it. */
  readonly only: { readonly kind: CaseKind; readonly index: number } | undefined;
  /** Only this chain, to replay it. */
  readonly onlyChain: number | undefined;
  /** `memory`: the twin of DynamoDB, which is far faster; `real`: DynamoDB Local. */
  readonly store: 'memory' | 'real';
  /** Folder that takes the counts; unset: they are not kept. */
  readonly reportDir: string | undefined;
}

/** Fixed, so that `npm test` says the same of the same code; `npm run fuzz` draws a new one each time. */
const DEFAULT_SEED = 2077;

export const testDefaults = { cases: 300, chains: 30, steps: 30, frames: 50_000 } as const;

function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${name} must be a whole number, not ${text}`);
  return value;
}

/** @throws RangeError when a variable makes no sense. */
export function readSettings(env: NodeJS.ProcessEnv): FuzzSettings {
  const [kind, index] = (env.FUZZ_CASE ?? '').split(':');
  if (kind && kind !== 'valid' && kind !== 'invalid') throw new RangeError('FUZZ_CASE is valid:<n> or invalid:<n>');
  return {
    seed: wholeNumber('FUZZ_SEED', env.FUZZ_SEED) ?? DEFAULT_SEED,
    cases: wholeNumber('FUZZ_CASES', env.FUZZ_CASES) ?? testDefaults.cases,
    chains: wholeNumber('FUZZ_CHAINS', env.FUZZ_CHAINS) ?? testDefaults.chains,
    frames: wholeNumber('FUZZ_FRAMES', env.FUZZ_FRAMES) ?? testDefaults.frames,
    endpoint: env.FUZZ_ENDPOINT || undefined,
    only: kind ? { kind: kind as CaseKind, index: wholeNumber('FUZZ_CASE', index) ?? 0 } : undefined,
    onlyChain: wholeNumber('FUZZ_CHAIN', env.FUZZ_CHAIN),
    store: env.FUZZ_STORE === 'real' ? 'real' : 'memory',
    reportDir: env.FUZZ_REPORT || undefined,
  };
}

export const settings: FuzzSettings = readSettings(process.env);
