import type { SignedIn, SignInReply } from '#functions/auth/shapes.ts';

/** @throws Error when the account asks for a second factor. */
export function signedIn(reply: SignInReply): SignedIn {
  if (reply.status !== 'SIGNED_IN') throw new Error(`the sign-in answered ${reply.status}`);
  return reply;
}
