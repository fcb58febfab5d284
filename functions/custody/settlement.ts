import * as z from 'zod';
import { VALUE_CLAWED_BACK, VALUE_GRANTED } from '#events/custody.ts';
import type { MailRow } from '#functions/mail/public.ts';
import { GameError } from '#shared/contract/errors.ts';
import { event, mergeChanges } from '#shared/events/changes.ts';
import { type Delivery, defineSettlement } from '#shared/settlement/define-settlement.ts';
import { type Act, movesMoney } from './act.ts';
import { viewOf } from './act-view.ts';
import { emptied, letGo, withMailed } from './mailed-money.ts';
import { beginWrite, decideWrite, endWrite } from './store-acts.ts';

/** What the end of an act needs to know. */
const Context = z.strictObject({
  /** The act as it is while it is under way, as JSON. */
  act: z.string(),
  /** It was proposed before: the row is there. */
  wasProposed: z.boolean(),
  /** Mails that are kept for it, whose money goes; settlements of former times have none. */
  mails: z.array(z.custom<MailRow>((row) => typeof row === 'object' && row !== null && 'mailId' in row)).optional(),
});
type Context = z.infer<typeof Context>;

/** Refuses whoever comes second, or too late, or has proposed it themselves. */
export function notOpen(): GameError {
  return new GameError('custody.not_open');
}

/**
 * How what staff do ends. Items alone move in one transaction, which then carries the act's own condition; with money
 * the act is under way in between, and its end cannot be refused.
 */
export const staffAct = defineSettlement<Context, ReturnType<typeof viewOf>>({
  name: 'staff-act',
  context: Context,
  delivered(ending) {
    const { context, transactionId, atMs } = ending;
    const act: Act = { ...(JSON.parse(context.act) as Act), state: 'DONE', transactionId };
    const isInOne = !movesMoney(act.content);
    const write = !isInOne ? endWrite(act) : context.wasProposed ? decideWrite(act, atMs, notOpen()) : beginWrite(act);
    const changes = mergeChanges({ writes: [write], events: [told(act, ending)] }, emptied(context.mails ?? []));
    return { changes, reply: viewOf(act) };
  },
  returned({ context, transactionId }, code) {
    const act: Act = { ...(JSON.parse(context.act) as Act), state: 'FAILED', transactionId, code };
    return { changes: mergeChanges({ writes: [endWrite(act)] }, letGo(context.mails ?? [])) };
  },
});

function told(act: Act, { transactionId, items, context: { mails = [] } }: Delivery<Context>) {
  const { actId, accountId, characterId, content, by, decidedBy } = act;
  return event(act.kind === 'grant' ? VALUE_GRANTED : VALUE_CLAWED_BACK, {
    aggregateId: actId,
    // A proposal comes first.
    aggregateSeq: act.expiresAtMs === undefined ? 1 : 2,
    data: {
      ...{ actId, accountId, characterId, transactionId },
      items: items.map(({ itemId, templateId, quality, count }) => ({ itemId, templateId, quality, count })),
      money: withMailed(content.money, mails),
      by,
      ...(decidedBy ? { approvedBy: decidedBy } : {}),
    },
  });
}
