import type * as Crypto from 'node:crypto';

/** `node:crypto` with Argon2 at a price that thousands of logins can pay. What a guess costs is another test's business. */
export function withCheapPasswords(crypto: typeof Crypto): typeof Crypto {
  const argon2 = (kind: never, options: object, done: never) =>
    crypto.argon2(kind, { ...options, memory: 64, passes: 1 } as never, done);
  return { ...crypto, argon2: argon2 as typeof crypto.argon2 };
}
