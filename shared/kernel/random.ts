import { randomBytes, randomInt } from 'node:crypto';

/** Randomness as an argument, so that rules stay pure and a seed replays them. */
export interface Random {
  /** Uniform integer, both ends included; the range is below 2^48. */
  int(min: number, max: number): number;
}

/** The operating system's randomness: unpredictable, for production. */
export const systemRandom: Random = { int: (min, max) => randomInt(min, max + 1) };

/** An unguessable token of `bytes` random bytes (32 = 256 bit) as base64url. */
export function randomToken(bytes = 32): string {
  return randomBytes(bytes).toString('base64url');
}
