import { parseArgs } from 'node:util';

/** What a benchmark may be told. */
export interface BenchOptions {
  /** Accounts of `sessions`. */
  readonly accounts: number;
  /** Samples of each class of `timing`. */
  readonly samples: number;
  /** Checkout of the peer of `ledger`. */
  readonly pgledger: string | undefined;
  /** Goals of `zone`, by name. */
  readonly goals: readonly string[];
  /** Measures goals of `zone` again that were measured before. */
  readonly isFresh: boolean;
  /** Minutes of `zone`'s soak, which then runs alone. */
  readonly soakMinutes: number | undefined;
}

const usage = `npm run bench -- [name …] [--accounts N] [--samples N] [--pgledger PATH]
    [--goal NAME,…] [--fresh] [--soak MINUTES]
  names: bundles, endpoint, ledger, sessions, timing, value, zone, zone-codec; without one, all run
  --accounts N   accounts of sessions (default 1000)
  --samples N    samples of each class of timing (default 2000)
  --pgledger PATH a checkout of github.com/pgr0ss/pgledger, to run beside ours in ledger
  --goal NAME,…  of zone: quick (default), G1, G2, G3, ladder, G7, G8, G9, G10, decode, gateway, gateway-inputs, or all, which goes on where it was broken off
  --fresh        with --goal all: measure again what was measured before
  --soak MINUTES zone with players who come and go, in place of its goals`;

/** @throws Error with the usage when something is unknown or no count. */
export function benchOptions(args: readonly string[]): {
  readonly names: readonly string[];
  readonly options: BenchOptions;
} {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      accounts: { type: 'string', default: '1000' },
      samples: { type: 'string', default: '2000' },
      pgledger: { type: 'string' },
      goal: { type: 'string', default: 'quick' },
      fresh: { type: 'boolean', default: false },
      soak: { type: 'string' },
    },
  });
  const count = (name: 'accounts' | 'samples' | 'soak', most: number): number => {
    const value = Number(values[name]);
    if (Number.isInteger(value) && value >= 1 && value <= most) return value;
    throw new Error(`--${name} ${values[name]} is not a number from 1 to ${most}\n${usage}`);
  };
  return {
    names: positionals,
    options: {
      accounts: count('accounts', 10_000),
      samples: count('samples', 100_000),
      pgledger: values.pgledger,
      goals: values.goal.split(','),
      isFresh: values.fresh,
      soakMinutes: values.soak === undefined ? undefined : count('soak', 600),
    },
  };
}
