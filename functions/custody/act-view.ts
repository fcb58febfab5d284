import type * as z from 'zod';
import { toIso } from '#shared/kernel/clock.ts';
import type { Act } from './act.ts';
import type { ActView } from './shapes-acts.ts';

/** An act as staff see it. */
export function viewOf(act: Act): z.input<typeof ActView> {
  const { actId, kind, state, characterId, accountId, content, worth, reason, by, atMs, decidedBy } = act;
  const { expiresAtMs, decidedAtMs, rejection, transactionId, code } = act;
  return {
    ...{ actId, kind, state, characterId, accountId, worth, reason, by, at: toIso(atMs) },
    items: content.items.map(({ itemId, count }) => ({ itemId, ...(count === undefined ? {} : { count }) })),
    mint: content.mint.map((one) => ({ ...one })),
    money: content.money.map((one) => ({ ...one })),
    ...(content.mails?.length ? { mails: [...content.mails] } : {}),
    ...(expiresAtMs === undefined ? {} : { expiresAt: toIso(expiresAtMs) }),
    ...(decidedBy === undefined ? {} : { decidedBy }),
    ...(decidedAtMs === undefined ? {} : { decidedAt: toIso(decidedAtMs) }),
    ...(rejection === undefined ? {} : { rejection }),
    ...(transactionId === undefined ? {} : { transactionId }),
    ...(code === undefined ? {} : { code }),
  };
}
