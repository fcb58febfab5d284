import { DAY_MS, HOUR_MS } from '#shared/kernel/clock.ts';
import type { CredentialRequestId } from '#shared/kernel/ids.ts';

export const credentialLimits = {
  /** How long the link to a new password works. */
  resetLifeMs: HOUR_MS,
  /** How long the link that confirms a new address works. */
  emailChangeLifeMs: DAY_MS,
  /** After a change of address: time for the owner to notice, and for the notice to reach the address that was left. */
  betweenEmailChangesMs: DAY_MS,
  /** How long the address that was left can take the change back. */
  undoLifeMs: 72 * HOUR_MS,
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

/** A change of address that the address which was left can take back. */
export interface UndoableChange {
  readonly requestId: CredentialRequestId;
  readonly oldEmail: string;
  readonly oldEmailHash: string;
  readonly nonce: string;
  readonly changedAtMs: number;
}

/** An account's changes of address that can be taken back, oldest first. A day lies between two, so they are few. */
export interface EmailUndo {
  readonly accountId: string;
  readonly changes: readonly UndoableChange[];
  /** Rises with every change; 0 where nothing is stored. */
  readonly version: number;
}

/** Those whose link still works. */
export function undoableAt({ changes }: Pick<EmailUndo, 'changes'>, nowMs: number): readonly UndoableChange[] {
  return changes.filter(({ changedAtMs }) => changedAtMs + credentialLimits.undoLifeMs > nowMs);
}

export function withUndoable(undo: EmailUndo, change: UndoableChange): EmailUndo {
  return { ...undo, changes: [...undoableAt(undo, change.changedAtMs), change], version: undo.version + 1 };
}

/**
 * What can still be taken back once this change has been: what was before it. The links of later changes are dead, for
 * they went to addresses that a thief may have chosen.
 */
export function withoutUndone(undo: EmailUndo, undone: UndoableChange, nowMs: number): EmailUndo {
  const earlier = undoableAt(undo, nowMs).filter(({ changedAtMs }) => changedAtMs < undone.changedAtMs);
  return { ...undo, changes: earlier, version: undo.version + 1 };
}

/** Whether a reset may still be answered: mailed, current, and not used. Says nothing of who answers. */
export function isOpen(reset: PasswordReset, nowMs: number): boolean {
  return reset.accountId !== undefined && reset.usedAtMs === undefined && reset.expiresAtMs > nowMs;
}
