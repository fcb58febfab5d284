import { DAY_MS, HOUR_MS } from '#shared/kernel/clock.ts';

export const credentialLimits = {
  /** How long the link to a new password works. */
  resetLifeMs: HOUR_MS,
  /** How long the link that confirms a new address works. */
  emailChangeLifeMs: DAY_MS,
  /** After a change of address: time for the owner to notice, and for the notice to reach the address that was left. */
  betweenEmailChangesMs: DAY_MS,
} as const;

/** Somebody's wish for a new password. It names an address, which may be nobody's. */
export interface PasswordReset {
  readonly requestId: string;
  readonly emailHash: string;
  readonly nonce: string;
  readonly expiresAtMs: number;
  /** Set once a link was mailed: whose address it is, and which state of the credential the link is good for. */
  readonly accountId?: string | undefined;
  readonly credentialVersion?: number | undefined;
  readonly usedAtMs?: number | undefined;
}

/** An account's wish for another address. A newer wish takes the place of an older one. */
export interface EmailChange {
  readonly accountId: string;
  readonly requestId: string;
  readonly oldEmail: string;
  readonly newEmail: string;
  readonly newEmailHash: string;
  readonly nonce: string;
  /** The state of the credential that the link is good for. */
  readonly credentialVersion: number;
  readonly expiresAtMs: number;
  readonly confirmedAtMs?: number | undefined;
}

/** Whether a reset may still be answered: mailed, current, and not used. Says nothing of who answers. */
export function isOpen(reset: PasswordReset, nowMs: number): boolean {
  return reset.accountId !== undefined && reset.usedAtMs === undefined && reset.expiresAtMs > nowMs;
}
