import { GUEST_BOUND } from '#events/identity.ts';
import { getCredential } from '#functions/auth/public.ts';
import { type Changes, event } from '#shared/events/changes.ts';
import { toIso } from '#shared/kernel/clock.ts';
import type { AccountId } from '#shared/kernel/ids.ts';
import { getIdentities, type Identities } from './store.ts';
import { deleteGuest, getGuest } from './store-guests.ts';

/** Everything that signs in to an account. */
export interface WaysIn extends Identities {
  readonly hasPassword: boolean;
  readonly isGuest: boolean;
}

/** Strongly consistent. */
export async function waysIn(accountId: AccountId): Promise<WaysIn> {
  const [identities, credential, guest] = await Promise.all([
    getIdentities(accountId),
    getCredential(accountId),
    getGuest(accountId),
  ]);
  return { ...identities, hasPassword: credential !== undefined, isGuest: guest !== undefined };
}

/**
 * The account is a guest's no more, because an address and a password sign in to it: the secret dies with the commit.
 * @param aggregateSeq version of the account after the commit.
 */
export async function retireGuest(accountId: AccountId, aggregateSeq: number): Promise<Changes> {
  const guest = await getGuest(accountId);
  if (!guest) return {};
  return {
    writes: deleteGuest(guest),
    events: [event(GUEST_BOUND, { aggregateId: accountId, aggregateSeq, data: { accountId } })],
  };
}

/** What the account's owner may know of what is stored here. Subjects and secrets are hashes, and stay. */
export async function exportOf(accountId: AccountId): Promise<object> {
  const [{ linked }, guest] = await Promise.all([getIdentities(accountId), getGuest(accountId)]);
  return {
    identities: linked.map(({ provider, linkedAtMs }) => ({ provider, linkedAt: toIso(linkedAtMs) })),
    guest: guest ? { since: toIso(guest.createdAtMs), lastSignedInAt: toIso(guest.lastUsedAtMs) } : null,
  };
}
