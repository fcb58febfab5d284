import { deviceLabel } from '#functions/session/public.ts';
import { GameError } from '#shared/contract/errors.ts';
import { sha256 } from '#shared/kernel/canonical-json.ts';
import { SECOND_MS, toIso } from '#shared/kernel/clock.ts';
import { type AccountId, deriveId } from '#shared/kernel/ids.ts';
import { systemRandom } from '#shared/kernel/random.ts';
import type { RequestFacts } from '#shared/runtime/invocation.ts';
import { secret } from '#shared/runtime/secrets.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import type { Write } from '#shared/table/write.ts';
import { isKnown } from './devices.ts';
import { emailHash } from './email.ts';
import { alarmLimits, bucketsOf, lockoutLimits, reserveAttempt, windowStartOf } from './lockout.ts';
import { truncatedNetworkOf } from './networks.ts';
import { checkPassword, hashPassword } from './password-hash.ts';
import { newChallenge, type Proof, verifyProof } from './proof-of-work.ts';
import { type Credential, findAccountId, getCredential } from './store.ts';
import { getDevice } from './store-devices.ts';
import {
  addFailureOfAll,
  addNetworkFailure,
  deleteLoginLock,
  getAlarmEnd,
  getLoginLock,
  getNetworkFailures,
  putLoginLock,
  raiseAlarm,
  spendProof,
} from './store-lockout.ts';
import { recordAttempt } from './store-logins.ts';

/** Where an attempt comes from. */
export type Caller = Pick<RequestFacts, 'ip' | 'userAgent' | 'asn'>;

export interface PasswordAttempt {
  readonly password: string;
  readonly caller: Caller;
  readonly deviceName?: string | undefined;
  readonly nowMs: number;
}

/** Somebody knows the password of this credential. */
export interface ProvenPassword {
  readonly credential: Credential;
  /** The password's hash at today's cost, where the stored one is outdated: store it while it is at hand. */
  readonly rehashed: string | undefined;
  /** Clears the count of failures; part of the commit of what the password allows. */
  readonly writes: readonly Write[];
}

/**
 * One attempt by somebody without a session. It costs the same, in work and in calls to the table, whether the address
 * has an account or not. A device that the account knows has a count of its own, so that nobody can lock a player out
 * of the machine they always play on. Needs the secret `password-pepper`.
 * @returns undefined when it is not the password, or there is no such account.
 * @throws GameError `auth.too_many_attempts`, `auth.proof_required`.
 */
export async function attemptByAddress(
  email: string,
  attempt: PasswordAttempt & { readonly deviceToken?: string | undefined; readonly proof?: Proof | undefined },
): Promise<ProvenPassword | undefined> {
  const { caller, deviceToken, proof, nowMs } = attempt;
  const address = emailHash(email);
  const [claimedBy, guards] = await Promise.all([findAccountId(address), readGuards(caller, nowMs)]);
  // Read and written in the place of an account where there is none. Made in any case: it takes time too.
  const nobody = deriveId('acc', 'nobody', address);
  const accountId = claimedBy ?? nobody;
  const deviceHash = deviceToken && sha256(deviceToken);
  const isFromKnownDevice = deviceHash ? isKnown(await getDevice(accountId, deviceHash), nowMs) : false;
  if (!isFromKnownDevice) await passGuards(guards, address, proof, nowMs);

  const subject = isFromKnownDevice ? `device~${deviceHash}` : address;
  await reserve(subject, nowMs);
  return prove(await getCredential(accountId), accountId, subject, attempt);
}

/**
 * One attempt by a session of the account. It has a count of its own, which nobody outside can fill; its failures
 * count for the address too.
 * @throws GameError `auth.too_many_attempts`.
 */
export async function attemptByOwner(
  credential: Credential,
  attempt: PasswordAttempt,
): Promise<ProvenPassword | undefined> {
  const subject = ownLockOf(credential.accountId);
  await reserve(subject, attempt.nowMs);
  const proven = await prove(credential, credential.accountId, subject, attempt);
  if (!proven) await reserve(credential.emailHash, attempt.nowMs).catch(ignoreWaiting);
  return proven;
}

/** The count of a session's own attempts. */
export function ownLockOf(accountId: AccountId): string {
  return `own~${accountId}`;
}

async function prove(
  credential: Credential | undefined,
  accountId: AccountId,
  subject: string,
  { password, caller, deviceName, nowMs }: PasswordAttempt,
): Promise<ProvenPassword | undefined> {
  const pepper = await secret('password-pepper');
  const check = await checkPassword(password, pepper, credential?.passwordHash);
  if (credential && check.matches) {
    const rehashed = check.outdated ? await hashPassword(password, pepper) : undefined;
    return { credential, rehashed, writes: [deleteLoginLock(subject)] };
  }
  const windowStart = windowStartOf(nowMs, lockoutLimits.windowMs);
  await Promise.all([
    ...bucketsOf(caller).map(({ network }) => addNetworkFailure(network, windowStart)),
    countForAlarm(nowMs),
    recordAttempt(accountId, {
      outcome: 'wrong_password',
      method: 'password',
      device: deviceLabel(deviceName, caller.userAgent),
      network: truncatedNetworkOf(caller.ip),
      atMs: nowMs,
    }),
  ]);
  return undefined;
}

/** Counts this attempt before its password is looked at; attempts at the same moment are counted one after another. */
async function reserve(subject: string, nowMs: number): Promise<void> {
  await withConflictRetry(async () => {
    const before = await getLoginLock(subject);
    const reserved = reserveAttempt(before, nowMs);
    if ('waitMs' in reserved) throw tooMany(reserved.waitMs);
    await putLoginLock(subject, reserved.lock, before);
  });
}

function ignoreWaiting(error: unknown): void {
  if (!(error instanceof GameError)) throw error;
}

interface Guards {
  /** How long the caller's networks have to wait. */
  readonly waitMs: number;
  readonly needsWork: boolean;
}

async function readGuards(caller: Caller, nowMs: number): Promise<Guards> {
  const windowStart = windowStartOf(nowMs, lockoutLimits.windowMs);
  const buckets = bucketsOf(caller);
  const [alarmEndMs, ...failures] = await Promise.all([
    getAlarmEnd(),
    ...buckets.map(({ network }) => getNetworkFailures(network, windowStart)),
  ]);
  const full = buckets.filter(({ limit }, index) => failures[index]! >= limit);
  return {
    waitMs: full.some(({ whenFull }) => whenFull === 'wait') ? windowStart + lockoutLimits.windowMs - nowMs : 0,
    needsWork: alarmEndMs > nowMs || full.some(({ whenFull }) => whenFull === 'work'),
  };
}

async function passGuards(guards: Guards, address: string, proof: Proof | undefined, nowMs: number): Promise<void> {
  if (guards.waitMs > 0) throw tooMany(guards.waitMs);
  if (!guards.needsWork) return;
  const pepper = await secret('password-pepper');
  const goodUntilMs = proof && verifyProof(pepper, address, proof, nowMs);
  if (proof && goodUntilMs !== undefined && (await spendProof(sha256(proof.challenge), goodUntilMs))) return;
  const { challenge, bits, expiresAtMs } = newChallenge(pepper, address, nowMs);
  throw new GameError('auth.proof_required', { challenge, bits, expiresAt: toIso(expiresAtMs) });
}

/** Each shard can raise the alarm once in each window. */
async function countForAlarm(nowMs: number): Promise<void> {
  const shard = systemRandom.int(0, alarmLimits.shards - 1);
  const failures = await addFailureOfAll(shard, windowStartOf(nowMs, alarmLimits.windowMs));
  if (failures === alarmLimits.failuresPerShard) await raiseAlarm(nowMs + alarmLimits.lastsMs);
}

function tooMany(waitMs: number): GameError {
  return new GameError('auth.too_many_attempts', {}, { retryAfterSeconds: Math.ceil(waitMs / SECOND_MS) });
}
