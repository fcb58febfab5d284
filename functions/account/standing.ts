import { GameError } from '#shared/contract/errors.ts';
import { toIso } from '#shared/kernel/clock.ts';
import type { Account } from './store.ts';

/** Whether an account may be used at this moment. A ban that is over counts for nothing, whether or not it was lifted. */
export type Standing =
  | { readonly kind: 'active' }
  | { readonly kind: 'banned'; readonly untilMs?: number | undefined }
  | { readonly kind: 'deletion-pending'; readonly eraseAtMs: number }
  | { readonly kind: 'erased' };

/** A missing account stands like an erased one. A deletion outweighs a ban: its end comes either way. */
export function standingOf(account: Account | undefined, nowMs: number): Standing {
  if (!account || account.status === 'ERASED') return { kind: 'erased' };
  if (account.status === 'DELETION_PENDING') return { kind: 'deletion-pending', eraseAtMs: account.eraseAtMs ?? nowMs };
  const { ban } = account;
  if (account.status === 'BANNED' && (ban?.untilMs === undefined || ban.untilMs > nowMs)) {
    return { kind: 'banned', untilMs: ban?.untilMs };
  }
  return { kind: 'active' };
}

/**
 * The account, when it may be signed in to. To be asked only after the player has proven who they are, since the answers
 * tell what an account is.
 * @throws GameError `auth.account_banned` or `auth.account_deletion_pending`; `gone` when there is no such account (any more).
 */
export function requireUsable(account: Account | undefined, nowMs: number, gone: string): Account {
  const standing = standingOf(account, nowMs);
  if (standing.kind === 'banned') {
    throw new GameError(
      'auth.account_banned',
      standing.untilMs === undefined ? {} : { until: toIso(standing.untilMs) },
    );
  }
  if (standing.kind === 'deletion-pending') {
    throw new GameError('auth.account_deletion_pending', { eraseAt: toIso(standing.eraseAtMs) });
  }
  if (!account || standing.kind === 'erased') throw new GameError(gone);
  return account;
}
