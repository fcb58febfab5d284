import { createHash, createHmac } from 'node:crypto';
import { MINUTE_MS } from '#shared/kernel/clock.ts';
import { randomToken } from '#shared/kernel/random.ts';
import { isSameToken } from './mail-token.ts';

export const proofLimits = {
  /** Leading zero bits: about 262,000 hashes, half a second of a phone, 300 CPU-hours for a million guesses. */
  bits: 18,
  lifeMs: 5 * MINUTE_MS,
} as const;

/** What a caller sends back: the challenge, and a text that gives their hash its leading zeros. */
export interface Proof {
  readonly challenge: string;
  readonly answer: string;
}

/** Ours alone, and of no use for anything else: the pepper never leaves in any form that tells of it. */
function keyOf(pepper: string): Buffer {
  return createHmac('sha256', pepper).update('proof-of-work').digest();
}

function macOf(pepper: string, address: string, unsigned: string): string {
  return createHmac('sha256', keyOf(pepper)).update(`${address}|${unsigned}`).digest('base64url');
}

/** Leading zero bits of SHA-256 over `<challenge>:<answer>`. */
export function workIn({ challenge, answer }: Proof): number {
  const digest = createHash('sha256').update(`${challenge}:${answer}`).digest();
  const first = digest.findIndex((byte) => byte !== 0);
  return first < 0 ? 8 * digest.length : 8 * first + Math.clz32(digest[first]!) - 24;
}

/** A challenge for one attempt at one address. Nothing is stored: it carries its own end and our signature. */
export function newChallenge(
  pepper: string,
  address: string,
  nowMs: number,
): { readonly challenge: string; readonly bits: number; readonly expiresAtMs: number } {
  const expiresAtMs = nowMs + proofLimits.lifeMs;
  const unsigned = `${expiresAtMs.toString(36)}.${proofLimits.bits}.${randomToken(12)}`;
  return { challenge: `${unsigned}.${macOf(pepper, address, unsigned)}`, bits: proofLimits.bits, expiresAtMs };
}

/**
 * When the proof is of a challenge of ours for this address, current, and solved: when it ends, so that its use can be
 * remembered until then. Undefined otherwise.
 */
export function verifyProof(pepper: string, address: string, proof: Proof, nowMs: number): number | undefined {
  const [expires = '', bits = '', nonce = '', mac = ''] = proof.challenge.split('.');
  if (!isSameToken(mac, macOf(pepper, address, `${expires}.${bits}.${nonce}`))) return undefined;
  const expiresAtMs = Number.parseInt(expires, 36);
  return expiresAtMs > nowMs && workIn(proof) >= Number(bits) ? expiresAtMs : undefined;
}

/** Finds an answer; for clients and tests. */
export function solveChallenge(challenge: string, bits: number): string {
  for (let counter = 0; ; counter += 1) {
    const answer = counter.toString(36);
    if (workIn({ challenge, answer }) >= bits) return answer;
  }
}
