import type { Write } from '#shared/table/write.ts';
import { type Credential, updateCredential } from './store.ts';

/** Counts a login that another domain completes, if the password is still the one that was right. */
export function countLogin(credential: Pick<Credential, 'accountId' | 'version'>): Write {
  return updateCredential(credential);
}
