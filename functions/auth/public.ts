import type { Role } from '#shared/contract/endpoint.ts';
import { sha256 } from '#shared/kernel/canonical-json.ts';
import type { AccountId, CharacterId, SessionId, Slug } from '#shared/kernel/ids.ts';
import { randomToken } from '#shared/kernel/random.ts';
import type { Write } from '#shared/table/write.ts';
import type { AccessClaims, IssuedAccessToken } from './access-token.ts';
import { ticketLimits } from './rules.ts';
import { putTicket, takeTicket } from './store-tickets.ts';

export type { AccessClaims, IssuedAccessToken };

/** Who a ticket stands for. */
export interface TicketHolder {
  readonly accountId: AccountId;
  readonly sessionId: SessionId;
  readonly roles: readonly Role[];
  readonly characterId?: CharacterId | undefined;
}

/** What a ticket opens: the STOMP socket, or one zone's socket. */
export type TicketUse =
  | { readonly purpose: 'socket' }
  | {
      readonly purpose: 'zone';
      readonly zoneId: Slug;
      readonly characterId: CharacterId;
      /** Version of the character's presence by which it is sent there; 0: it has none yet. */
      readonly presenceVer: number;
    };

type ZoneUse = Extract<TicketUse, { readonly purpose: 'zone' }>;

export interface IssuedTicket {
  /** 256 random bits; only its hash is stored. */
  readonly ticket: string;
  readonly expiresAtMs: number;
  /** To be committed before the ticket is answered. */
  readonly write: Write;
}

/** A ticket that opens one socket within 30 seconds, once. */
export function issueTicket(holder: TicketHolder, use: TicketUse, nowMs: number): IssuedTicket {
  const ticket = randomToken();
  const expiresAtMs = nowMs + ticketLimits.lifeMs;
  const { accountId, sessionId, roles, characterId } = holder;
  const write = putTicket({
    ticketHash: sha256(ticket),
    accountId,
    sessionId,
    roles,
    expiresAtMs,
    ...(characterId ? { characterId } : {}),
    ...use,
  });
  return { ticket, expiresAtMs, write };
}

/** Tickets are 43 characters; nothing much longer is worth hashing. */
const MAX_TICKET_CHARACTERS = 64;

/**
 * Uses a ticket up. Undefined when there is none like it, it has expired, or it opens something else: in the last
 * case it stays good for what it does open. The session may have ended since: the caller checks it.
 */
export async function redeemTicket(
  ticket: string,
  use: { readonly purpose: 'socket' } | { readonly purpose: 'zone'; readonly zoneIds: readonly Slug[] },
  nowMs: number,
): Promise<(TicketHolder & Partial<Pick<ZoneUse, 'zoneId' | 'presenceVer'>>) | undefined> {
  if (ticket.length > MAX_TICKET_CHARACTERS || (use.purpose === 'zone' && use.zoneIds.length === 0)) return undefined;
  const taken = await takeTicket(sha256(ticket), { ...use, nowMs });
  if (!taken) return undefined;
  const { accountId, sessionId, roles, characterId, zoneId, presenceVer } = taken;
  return { accountId, sessionId, roles, characterId, zoneId, presenceVer };
}

export { countLogin } from './count-login.ts';
export { hashNewPassword, moveToAddress, replacePassword, restoreAddress } from './credential-changes.ts';
export { emailHash, normalizeEmail } from './email.ts';
export { exportOf } from './export.ts';
export { issueAccessToken, readAccessToken } from './issue-token.ts';
export { mayMail } from './mail-quota.ts';
export { accountOfMailToken, isSameToken, mailTokenOf, requestOfMailToken } from './mail-token.ts';
export { networkOf, truncatedNetworkOf } from './networks.ts';
export { attemptByAddress, attemptByOwner } from './password-attempt.ts';
export { requestRegistration } from './registration.ts';
export { noteSecondFactorDue, signIn } from './sign-in.ts';
export { newSigningKeys } from './signing-keys.ts';
export { type Credential, findAccountId, getCredential } from './store.ts';
export { recordAttempt } from './store-logins.ts';
