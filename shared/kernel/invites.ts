import type { AccountId, CharacterId } from './ids.ts';

/** A character is asked to join a group of some kind. */
export interface Invite<GroupId extends string = string> {
  readonly groupId: GroupId;
  readonly fromAccountId: AccountId;
  readonly fromCharacterId: CharacterId;
  readonly fromName: string;
  readonly invitedAtMs: number;
  /** An invite that was declined ends at that moment; it is kept for a while so that nobody asks again at once. */
  readonly expiresAtMs: number;
}

export interface InviteLimits {
  /** So long the same player is not asked again, by the same group or the same asker. */
  readonly inviteAgainMs: number;
  /** Invites of one character that are open at once. */
  readonly openInvites: number;
}

export function isOpen(invite: Invite, nowMs: number): boolean {
  return invite.expiresAtMs > nowMs;
}

/** A character's invites with one more, or why there cannot be one. */
export type AddedInvite<I extends Invite> =
  | { readonly invites: readonly I[] }
  | { readonly refused: 'recently'; readonly againMs: number }
  | { readonly refused: 'full' };

/** Adds an invite to those of a character; those that nobody needs any more are left out. */
export function addInvite<I extends Invite>(invites: readonly I[], invite: I, limits: InviteLimits): AddedInvite<I> {
  const nowMs = invite.invitedAtMs;
  const kept = invites.filter((one) => isOpen(one, nowMs) || one.invitedAtMs + limits.inviteAgainMs > nowMs);
  for (const one of kept) {
    const againMs = one.invitedAtMs + limits.inviteAgainMs;
    const isSame = one.groupId === invite.groupId || one.fromAccountId === invite.fromAccountId;
    if (isSame && againMs > nowMs) return { refused: 'recently', againMs };
  }
  const others = kept.filter(({ groupId }) => groupId !== invite.groupId);
  if (others.length >= limits.openInvites) return { refused: 'full' };
  return { invites: [...others, invite] };
}

/** The invites after one was answered: accepted or declined, it is open no more. */
export function withAnswered<I extends Invite>(invites: readonly I[], groupId: string, nowMs: number): readonly I[] {
  return invites.map((one) => (one.groupId === groupId && isOpen(one, nowMs) ? { ...one, expiresAtMs: nowMs } : one));
}
