import { describe, expect, it } from 'vitest';
import { newChallenge, proofLimits, solveChallenge, verifyProof, workIn } from './proof-of-work.ts';

const PEPPER = 'a pepper';
const ADDRESS = 'hash-of-an-address';
const nowMs = Date.UTC(2026, 10, 22, 12);

describe('proof of work', () => {
  const { challenge, bits, expiresAtMs } = newChallenge(PEPPER, ADDRESS, nowMs);
  const proof = { challenge, answer: solveChallenge(challenge, bits) };

  it('is good for the address that it was asked for, until it ends', () => {
    expect(workIn(proof)).toBeGreaterThanOrEqual(proofLimits.bits);
    expect(verifyProof(PEPPER, ADDRESS, proof, nowMs)).toBe(expiresAtMs);
    expect(verifyProof(PEPPER, ADDRESS, proof, expiresAtMs - 1)).toBe(expiresAtMs);
    expect(verifyProof(PEPPER, ADDRESS, proof, expiresAtMs)).toBeUndefined();
    expect(verifyProof(PEPPER, 'another address', proof, nowMs)).toBeUndefined();
    expect(verifyProof('another pepper', ADDRESS, proof, nowMs)).toBeUndefined();
  });

  it('cannot be made easier, longer, or of a challenge that is not ours', () => {
    const [expires, , nonce, mac] = challenge.split('.');
    const eased = `${expires}.1.${nonce}.${mac}`;
    expect(verifyProof(PEPPER, ADDRESS, { challenge: eased, answer: solveChallenge(eased, 1) }, nowMs)).toBeUndefined();
    const longer = `${(expiresAtMs * 2).toString(36)}.${bits}.${nonce}.${mac}`;
    expect(verifyProof(PEPPER, ADDRESS, { challenge: longer, answer: '0' }, nowMs)).toBeUndefined();
    for (const foreign of ['', '...', 'x', `${'A'.repeat(200)}`]) {
      expect(verifyProof(PEPPER, ADDRESS, { challenge: foreign, answer: '0' }, nowMs)).toBeUndefined();
    }
    expect(verifyProof(PEPPER, ADDRESS, { challenge, answer: `${proof.answer}x` }, nowMs)).toBeUndefined();
  });

  it('counts zero bits, not characters', () => {
    const found = [4, 9, 12].map((wanted) => workIn({ challenge: 'c', answer: solveChallenge('c', wanted) }));
    expect(found.every((work, index) => work >= [4, 9, 12][index]!)).toBe(true);
  });
});
