import { toIso } from '#shared/kernel/clock.ts';
import { maskedEmail } from '#shared/kernel/masked-email.ts';
import { rankOf } from './authority.ts';
import { type Consent, type Consents, consentOverview } from './consents.ts';
import { standingOf } from './standing.ts';
import type { Account } from './store.ts';
import type { AuditEntry, AuditedState } from './store-audit.ts';

function profileOf({ avatarId, bio, timeZone }: Account) {
  return { ...(avatarId ? { avatarId } : {}), ...(bio ? { bio } : {}), ...(timeZone ? { timeZone } : {}) };
}

/** An account as its owner sees it. */
export function viewOf(account: Account) {
  const { accountId, email, displayName, locale, status, roles, createdAtMs } = account;
  const identity = { accountId, ...(email ? { email } : {}), displayName, locale };
  return { ...identity, ...profileOf(account), status, roles: [...roles], createdAt: toIso(createdAtMs) };
}

/** An account as every other player may see it. */
export function publicViewOf(account: Account) {
  const { accountId, displayName, createdAtMs, avatarId, bio } = account;
  const shown = { ...(avatarId ? { avatarId } : {}), ...(bio ? { bio } : {}) };
  return { accountId, displayName, ...shown, memberSince: toIso(createdAtMs).slice(0, 10) };
}

/** An account as staff see it; moderators only as much of the address as tells two apart. */
export function staffViewOf(account: Account, viewer: Account, nowMs: number) {
  const { accountId, email, displayName, locale, roles, createdAtMs, ban, eraseAtMs } = account;
  const standing = standingOf(account, nowMs);
  const status = standing.kind === 'active' ? ('ACTIVE' as const) : account.status;
  const seesAddress = rankOf(viewer.roles) >= rankOf(['gm']);
  return {
    accountId,
    ...(email ? { email: seesAddress ? email : maskedEmail(email) } : {}),
    displayName,
    locale,
    status,
    roles: [...roles],
    createdAt: toIso(createdAtMs),
    ...(ban
      ? {
          ban: { bannedAt: toIso(ban.bannedAtMs), ...(ban.untilMs === undefined ? {} : { until: toIso(ban.untilMs) }) },
        }
      : {}),
    ...(eraseAtMs === undefined ? {} : { eraseAt: toIso(eraseAtMs) }),
  };
}

function stateOf({ roles, ...rest }: AuditedState) {
  return { ...rest, roles: [...roles] };
}

export function auditViewOf({ operationId, atMs, actorId, action, reason, before, after }: AuditEntry) {
  const states = { ...(before ? { before: stateOf(before) } : {}), ...(after ? { after: stateOf(after) } : {}) };
  return { operationId, at: toIso(atMs), actorId, action, ...(reason ? { reason } : {}), ...states };
}

function consentChangeOf({ document, version, given, atMs }: Consent) {
  return { document, version, given, at: toIso(atMs) };
}

/** All documents with the player's answers, and the history of these, newest first. */
export function consentsViewOf(consents: Consents, history: readonly Consent[]) {
  return {
    documents: consentOverview(consents).map(({ consent, ...overview }) => ({
      ...overview,
      ...(consent ? { version: consent.version, at: toIso(consent.atMs) } : {}),
    })),
    history: history.map(consentChangeOf),
  };
}
