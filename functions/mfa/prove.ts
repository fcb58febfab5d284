import { timingSafeEqual } from 'node:crypto';
import { MFA_RECOVERY_CODE_USED } from '#events/mfa.ts';
import { GameError } from '#shared/contract/errors.ts';
import { type Changes, event } from '#shared/events/changes.ts';
import { SECOND_MS } from '#shared/kernel/clock.ts';
import type { AccountId } from '#shared/kernel/ids.ts';
import { secret } from '#shared/runtime/secrets.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { recoveryHash } from './recovery-codes.ts';
import { type ActiveFactor, reserveAttempt, type SecondFactor, withActive } from './rules.ts';
import { isOutdated, open, parseSealingKeys, type SealingKeys, seal } from './seal.ts';
import type { FactorProof } from './shapes.ts';
import { deleteLock, getLock, putLock } from './store-attempts.ts';
import { matchingCounter } from './totp.ts';

/** The keys over stored secrets. Needs the secret `mfa-key`. */
export async function sealingKeys(): Promise<SealingKeys> {
  return parseSealingKeys(await secret('mfa-key'));
}

/**
 * Counts an attempt before it is looked at; attempts at the same moment are counted one after another.
 * @throws GameError `mfa.too_many_attempts` with the wait, when the account is locked.
 */
export async function reserve(accountId: AccountId, nowMs: number): Promise<void> {
  await withConflictRetry(async () => {
    const before = await getLock(accountId);
    const reserved = reserveAttempt(before, nowMs);
    if ('waitMs' in reserved) {
      const retryAfterSeconds = Math.ceil(reserved.waitMs / SECOND_MS);
      throw new GameError('mfa.too_many_attempts', {}, { retryAfterSeconds });
    }
    await putLock(accountId, reserved.lock, before);
  });
}

/** {@link reserve}, but for recovery codes: those are too long to be guessed, and let a locked player in. */
export async function reserveFor(proof: FactorProof, accountId: AccountId, nowMs: number): Promise<void> {
  if (proof.code !== undefined) await reserve(accountId, nowMs);
}

/** A factor after a right proof, and what is told of it. Nothing is stored yet. */
export interface Proven {
  readonly factor: SecondFactor & { readonly active: ActiveFactor };
  /** To be committed with the stored factor: the lock is cleared, a used recovery code told of. */
  readonly changes: Changes;
}

/**
 * Looks at a proof. The factor that comes of it takes the same proof no more, so it must be stored with whatever the
 * proof is for. Undefined when the proof is wrong or was used before, or no factor is on.
 */
export function prove(factor: SecondFactor, proof: FactorProof, keys: SealingKeys, nowMs: number): Proven | undefined {
  const { accountId, active } = factor;
  if (!active) return undefined;
  const writes = [deleteLock(accountId)];
  if (proof.code !== undefined) {
    const plain = open(keys, accountId, active.secret);
    const lastCounter = matchingCounter(plain, proof.code, nowMs, active.lastCounter);
    if (lastCounter === undefined) return undefined;
    const sealed = isOutdated(keys, active.secret) ? seal(keys, accountId, plain) : active.secret;
    return { factor: activated(factor, { ...active, secret: sealed, lastCounter }), changes: { writes } };
  }
  const presented = Buffer.from(recoveryHash(accountId, proof.recoveryCode));
  const recoveryHashes = active.recoveryHashes.filter((hash) => !timingSafeEqual(Buffer.from(hash), presented));
  if (recoveryHashes.length === active.recoveryHashes.length) return undefined;
  const next = activated(factor, { ...active, recoveryHashes });
  const data = { accountId, codesLeft: recoveryHashes.length };
  const told = event(MFA_RECOVERY_CODE_USED, { aggregateId: accountId, aggregateSeq: next.version, data });
  return { factor: next, changes: { writes, events: [told] } };
}

function activated(factor: SecondFactor, active: ActiveFactor): Proven['factor'] {
  return { ...withActive(factor, active), active };
}
