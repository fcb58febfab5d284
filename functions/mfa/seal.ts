import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import * as z from 'zod';
import type { AccountId } from '#shared/kernel/ids.ts';

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

const KeyId = z.string().regex(/^[a-z0-9]{1,16}$/);
const SEALED = /^([a-z0-9]{1,16})\.([A-Za-z0-9_-]{16})\.([A-Za-z0-9_-]+)$/;

/** The key of a secret that is plain text, as a deployment makes it. */
const FIRST_KEY_ID = 'k1';

/** The form while keys change: `current` seals, all of them open. */
const KeySet = z
  .strictObject({ current: KeyId, keys: z.record(KeyId, z.string().min(32)) })
  .refine(({ current, keys }) => current in keys, 'current names no key');

export interface SealingKeys {
  readonly current: string;
  readonly keys: ReadonlyMap<string, Buffer>;
}

/**
 * The keys of the secret `mfa-key`: a plain text, which is key `k1`, or `{"current": id, "keys": {id: text, …}}`. To
 * rotate, store both keys with the new one as current. Sealed texts move to it when they are next used; drop the old
 * key when no row names it any more.
 * @throws Error when the text is of another form.
 */
export function parseSealingKeys(text: string): SealingKeys {
  const { current, keys } = text.startsWith('{')
    ? KeySet.parse(JSON.parse(text))
    : { current: FIRST_KEY_ID, keys: { [FIRST_KEY_ID]: text } };
  return { current, keys: new Map(Object.entries(keys).map(([id, material]) => [id, keyFrom(material)])) };
}

function keyFrom(material: string): Buffer {
  return Buffer.from(hkdfSync('sha256', material, '', 'necpgame mfa secrets', KEY_BYTES));
}

/** Encrypts for one account: `<key id>.<iv>.<ciphertext and tag>`. In another account's row it does not open. */
export function seal(keys: SealingKeys, accountId: AccountId, plain: string): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, keys.keys.get(keys.current)!, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(accountId));
  const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return `${keys.current}.${iv.toString('base64url')}.${sealed.toString('base64url')}`;
}

/** @throws Error when the key is gone, or the text was changed or is another account's. */
export function open(keys: SealingKeys, accountId: AccountId, text: string): string {
  const [, keyId, iv, body] = SEALED.exec(text) ?? [];
  const key = keys.keys.get(keyId ?? '');
  if (!key || !iv || !body)
    throw new Error(`a sealed secret of ${accountId} names key ${keyId ?? '?'}, which is unknown`);
  const bytes = Buffer.from(body, 'base64url');
  const decipher = createDecipheriv(CIPHER, key, Buffer.from(iv, 'base64url'), { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(accountId));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  return Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]).toString('utf8');
}

/** Whether the text was sealed with a key that is not the current one. */
export function isOutdated(keys: SealingKeys, text: string): boolean {
  return !text.startsWith(`${keys.current}.`);
}
