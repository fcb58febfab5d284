import { GameError } from '#shared/contract/errors.ts';
import { sha256 } from '#shared/kernel/canonical-json.ts';
import type { Write } from '#shared/table/write.ts';
import { type ProvenIdentity, verifyIdToken } from './id-token.ts';
import { identityProvider } from './providers.ts';
import { deleteNonce, getNonce } from './store.ts';

/**
 * Who somebody is by a provider's word, given in answer to a sign-in that was started here.
 * @returns the identity, and the write that uses the nonce up: it belongs into whatever comes of this.
 * @throws GameError of any of the contract's token errors.
 */
export async function proveIdentity(
  providerId: string,
  answer: { readonly idToken: string; readonly nonce: string },
  nowMs: number,
): Promise<{ readonly identity: ProvenIdentity; readonly useNonce: Write }> {
  const provider = identityProvider(providerId);
  const nonceHash = sha256(answer.nonce);
  // Before any key is fetched: nobody makes us ask a provider without having started a sign-in.
  const started = await getNonce(nonceHash);
  if (started?.provider !== provider.id || started.expiresAtMs <= nowMs) throw new GameError('identity.nonce_invalid');
  const identity = await verifyIdToken(provider, answer.idToken, answer.nonce, nowMs);
  return { identity, useNonce: deleteNonce(nonceHash) };
}
