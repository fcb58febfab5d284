import { isStaff, type Role, roles } from '#shared/contract/endpoint.ts';
import { GameError } from '#shared/contract/errors.ts';
import type { Account } from './store.ts';

/** Roles beside `player`, which everybody has. */
export type StaffRole = Exclude<Role, 'player'>;

/** The higher, the more an account may do; `roles` rises in this order. */
export function rankOf(held: readonly Role[]): number {
  return Math.max(0, ...held.map((role) => roles.indexOf(role)));
}

/**
 * Refuses acts on oneself, and on whoever stands as high as oneself or higher; administrators stand above everybody,
 * each other included. That an administrator is removed only by another one is also why there is always one left.
 * @throws GameError `account.own_account`, `account.outranked`
 */
export function requireAuthority(actor: Account, target: Account): void {
  if (actor.accountId === target.accountId) throw new GameError('account.own_account');
  const isAdmin = actor.roles.includes('admin');
  if (!isAdmin && rankOf(actor.roles) <= rankOf(target.roles)) throw new GameError('account.outranked');
}

/** The roles of an account that is given these staff roles, in a fixed order. */
export function rolesWith(granted: readonly StaffRole[]): readonly Role[] {
  return roles.filter((role) => role === 'player' || granted.includes(role));
}

/** Whether a change gives a role of staff: its holder has a second factor before they have power over others. */
export function gainsPower(before: readonly Role[], after: readonly Role[]): boolean {
  return isStaff(after.filter((role) => !before.includes(role)));
}

/** Whether a change takes a role away: then its open sessions may no longer speak for the account. */
export function losesRole(before: readonly Role[], after: readonly Role[]): boolean {
  return before.some((role) => !after.includes(role));
}
