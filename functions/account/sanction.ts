import { GameError } from '#shared/contract/errors.ts';
import type { Changes } from '#shared/events/changes.ts';
import type { AccountId, Id } from '#shared/kernel/ids.ts';
import { requireAuthority } from './authority.ts';
import { changeBan } from './ban.ts';
import { type Act, readAct } from './staff.ts';
import { standingOf } from './standing.ts';
import { checkUnchanged } from './store.ts';

/**
 * A member of staff and the account that they decide about, both as they stand now.
 * @throws GameError `request.not_found`, `auth.forbidden`, `account.own_account`, `account.outranked`
 */
export async function requireAuthorityOver(staffId: AccountId, accountId: AccountId, nowMs: number): Promise<Act> {
  const act = await readAct(staffId, accountId, 'moderator', nowMs);
  requireAuthority(act.actor, act.target);
  return act;
}

/** Condition of what staff decide without touching the account: they are still who they were. */
export function stillInOffice({ actor }: Act): Changes {
  return { writes: [checkUnchanged(actor)] };
}

/**
 * Bans an account for a time, with its audit; its sessions are the caller's to end. A ban that lasts longer stays as it is.
 * @throws GameError `account.closed` when it is erased.
 */
export function suspend(
  act: Act,
  facts: {
    readonly untilMs: number;
    readonly reason: string;
    readonly operationId: Id<'opr'>;
    readonly nowMs: number;
  },
): Changes {
  const { untilMs, ...rest } = facts;
  const { target } = act;
  if (target.status === 'ERASED') throw new GameError('account.closed');
  const standing = standingOf(target, facts.nowMs);
  const isBannedLonger = standing.kind === 'banned' && (standing.untilMs ?? Number.POSITIVE_INFINITY) >= untilMs;
  if (isBannedLonger) return { writes: [checkUnchanged(act.actor), checkUnchanged(target)] };
  return changeBan(act, { bannedAtMs: facts.nowMs, untilMs }, rest).changes;
}
