import { secret } from '#shared/runtime/secrets.ts';
import type { Write } from '#shared/table/write.ts';
import { checkPassword } from './password-hash.ts';
import { type Credential, updateCredential } from './store.ts';

/**
 * Whether this is the password. The caller bounds how often it may be asked. Needs the secret `password-pepper`, and a
 * full CPU for Argon2.
 */
export async function provesPassword(
  { passwordHash }: Pick<Credential, 'passwordHash'>,
  password: string,
): Promise<boolean> {
  return (await checkPassword(password, await secret('password-pepper'), passwordHash)).matches;
}

/** Counts a login that another domain completes, if the password is still the one that was right. */
export function countLogin(credential: Pick<Credential, 'accountId' | 'version'>): Write {
  return updateCredential(credential);
}
