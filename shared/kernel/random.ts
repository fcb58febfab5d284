import { randomBytes, randomInt } from 'node:crypto';

/** Randomness as an argument, so that rules stay pure and a seed replays them. */
export interface Random {
  /** Uniform integer, both ends included; the range is below 2^48. */
  int(min: number, max: number): number;
}

/** Where a process has its randomness from. */
export interface RandomSource extends Random {
  bytes(count: number): Uint8Array;
}

const operatingSystem: RandomSource = { int: (min, max) => randomInt(min, max + 1), bytes: randomBytes };
let current: RandomSource = operatingSystem;

/** The process's randomness: the operating system's, unless the simulator has put a seeded one in its place. */
export const systemRandom: Random = { int: (min, max) => current.int(min, max) };

/** Replaces the source of randomness and returns the undo. */
export function useRandomSource(source: RandomSource): () => void {
  const before = current;
  current = source;
  return () => {
    current = before;
  };
}

/** Random bytes that nobody can guess. */
export function systemRandomBytes(count: number): Uint8Array {
  return current.bytes(count);
}

/** An unguessable token of `bytes` random bytes (32 = 256 bit) as base64url. */
export function randomToken(bytes = 32): string {
  return Buffer.from(current.bytes(bytes)).toString('base64url');
}
