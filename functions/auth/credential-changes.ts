import { GameError } from '#shared/contract/errors.ts';
import { secret } from '#shared/runtime/secrets.ts';
import type { Write } from '#shared/table/write.ts';
import { ownLockOf } from './password-attempt.ts';
import { checkPassword, hashPassword } from './password-hash.ts';
import { weaknessOf } from './password-rules.ts';
import {
  type Credential,
  deleteEmailClaim,
  putEmailClaim,
  setEmailHash,
  setEmailHashAndPassword,
  setPassword,
} from './store.ts';
import { deleteLoginLock } from './store-lockout.ts';

/**
 * The hash of a new password for this credential. Needs the secret `password-pepper`.
 * @param email the account's address: a password must not be made of it.
 * @throws GameError `auth.password_weak`, also when it is the password that the account has.
 */
export async function hashNewPassword(credential: Credential, password: string, email: string): Promise<string> {
  const weakness = weaknessOf(password, [email.split('@')[0]!]);
  if (weakness) throw new GameError('auth.password_weak', { reason: weakness });
  const pepper = await secret('password-pepper');
  const { matches } = await checkPassword(password, pepper, credential.passwordHash);
  if (matches) throw new GameError('auth.password_weak', { reason: 'unchanged' });
  return hashPassword(password, pepper);
}

/**
 * Stores another password and clears the counts of wrong ones. Every mailed link that was made for the credential as it
 * was is dead with the commit.
 */
export function replacePassword(credential: Credential, passwordHash: string): readonly Write[] {
  return [setPassword(credential, passwordHash), ...withoutCounts(credential)];
}

function withoutCounts({ accountId, emailHash }: Credential): readonly Write[] {
  return [deleteLoginLock(emailHash), deleteLoginLock(ownLockOf(accountId))];
}

/** Gives the account another address, which must be free, and frees the one it has. Kills mailed links as well. */
export function moveToAddress(credential: Credential, emailHash: string): readonly Write[] {
  const { accountId } = credential;
  return [
    putEmailClaim(emailHash, accountId),
    deleteEmailClaim(credential.emailHash, accountId),
    setEmailHash(credential, emailHash),
  ];
}

/**
 * Gives the account back an address that it had, with another password. The address must be free, or the account's own.
 * Kills mailed links as well.
 */
export function restoreAddress(credential: Credential, emailHash: string, passwordHash: string): readonly Write[] {
  if (credential.emailHash === emailHash) return replacePassword(credential, passwordHash);
  const { accountId } = credential;
  return [
    putEmailClaim(emailHash, accountId),
    deleteEmailClaim(credential.emailHash, accountId),
    setEmailHashAndPassword(credential, emailHash, passwordHash),
    ...withoutCounts(credential),
  ];
}
