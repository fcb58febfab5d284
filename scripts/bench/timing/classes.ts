import { login, register, resendVerification } from '#functions/auth/contract.ts';
import { emailHash } from '#functions/auth/email.ts';
import { handler as loginHandler } from '#functions/auth/endpoints/login.ts';
import { handler as registerHandler } from '#functions/auth/endpoints/register.ts';
import { handler as resendHandler } from '#functions/auth/endpoints/resend-verification.ts';
import { putCredential, putEmailClaim, putRegistration } from '#functions/auth/store.ts';
import { forgotPassword } from '#functions/credential/contract.ts';
import { handler as forgotHandler } from '#functions/credential/endpoints/forgot-password.ts';
import type { EndpointBase } from '#shared/contract/endpoint.ts';
import { DAY_MS } from '#shared/kernel/clock.ts';
import { createId } from '#shared/kernel/ids.ts';
import { randomToken } from '#shared/kernel/random.ts';
import type { HttpHandler } from '#shared/runtime/endpoint-handler.ts';
import { transactWrite } from '#shared/table/transact.ts';

/** What an address may be to the game. */
export const standings = ['known', 'unknown', 'unconfirmed'] as const;
export type Standing = (typeof standings)[number];

/** An endpoint that may not tell by its time what an address is. */
export interface TimedEndpoint {
  readonly name: string;
  readonly endpoint: EndpointBase;
  readonly handler: HttpHandler;
  /** What it answers, whatever the address is. */
  readonly status: number;
  readonly bodyOf: (email: string) => object;
  /** A machine too busy to have taken all samples by then has nothing to say. */
  readonly longestMs: number;
}

const PASSWORD = 'not the password at all';

/** Endpoints that hash a password, and others. Two run side by side: with one pair of each, all takes less than 6 minutes. */
const HASHING_MS = 290_000;
const QUICK_MS = 40_000;

export const timedEndpoints: readonly TimedEndpoint[] = [
  {
    name: 'login',
    endpoint: login,
    handler: loginHandler,
    status: 401,
    bodyOf: (email) => ({ email, password: PASSWORD }),
    longestMs: HASHING_MS,
  },
  {
    name: 'register',
    endpoint: register,
    handler: registerHandler,
    status: 202,
    bodyOf: (email) => ({ email, password: PASSWORD }),
    longestMs: HASHING_MS,
  },
  {
    name: 'forgotten password',
    endpoint: forgotPassword,
    handler: forgotHandler,
    status: 202,
    bodyOf: (email) => ({ email }),
    longestMs: QUICK_MS,
  },
  {
    name: 'resend verification',
    endpoint: resendVerification,
    handler: resendHandler,
    status: 202,
    bodyOf: (email) => ({ email }),
    longestMs: QUICK_MS,
  },
];

/** Makes an address what it is to be. */
export async function prepare(standing: Standing, email: string, passwordHash: string, nowMs: number): Promise<void> {
  const [accountId, address] = [createId('acc'), emailHash(email)];
  if (standing === 'known') {
    const credential = putCredential({ accountId, emailHash: address, passwordHash, loginCount: 0 });
    await transactWrite([putEmailClaim(address, accountId), credential], randomToken(24));
  }
  if (standing === 'unconfirmed') {
    const registration = putRegistration({
      accountId,
      email,
      emailHash: address,
      passwordHash,
      locale: 'en',
      nonce: randomToken(16),
      createdAtMs: nowMs,
      expiresAtMs: nowMs + DAY_MS,
    });
    await transactWrite([registration], randomToken(24));
  }
}
