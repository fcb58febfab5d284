import type { Role } from '#shared/contract/endpoint.ts';
import { GameError } from '#shared/contract/errors.ts';
import { toIso } from '#shared/kernel/clock.ts';
import type { AccountId } from '#shared/kernel/ids.ts';
import { rankOf } from './authority.ts';
import { standingOf } from './standing.ts';
import { type Account, getAccount } from './store.ts';
import type { AuditedState } from './store-audit.ts';

/** Who acts and on whom, as both stand now. */
export interface Act {
  readonly actor: Account;
  readonly target: Account;
}

/**
 * Reads both accounts anew: a token may still carry roles that were taken away minutes ago.
 * @throws GameError `request.not_found` when there is no such account; `auth.forbidden` when the actor may not act any more.
 */
export async function readAct(actorId: AccountId, targetId: AccountId, least: Role, nowMs: number): Promise<Act> {
  const [actor, target] = await Promise.all([getAccount(actorId), getAccount(targetId)]);
  if (!target) throw new GameError('request.not_found');
  if (!actor || standingOf(actor, nowMs).kind !== 'active' || rankOf(actor.roles) < rankOf([least])) {
    throw new GameError('auth.forbidden');
  }
  return { actor, target };
}

/** What the audit keeps of an account: nothing personal. */
export function auditedState({ status, roles, ban }: Pick<Account, 'status' | 'roles' | 'ban'>): AuditedState {
  const until = ban?.untilMs === undefined ? 'for good' : toIso(ban.untilMs);
  return { status, roles: [...roles], ...(ban ? { banUntil: until } : {}) };
}
