import { type ItemLeg, mailHolder } from '#functions/inventory/public.ts';
import { settle } from '#functions/settlement/public.ts';
import type { Operation } from '#shared/events/operation.ts';
import { deriveId } from '#shared/kernel/ids.ts';
import { attachmentsLeft, holdsValue, type Mail, moneyLeft } from './mail.ts';
import { type EndReason, end, pin } from './mail-changes.ts';
import { endingLegs } from './money.ts';
import { rowOf } from './row.ts';
import { mailEnding } from './settlement.ts';

/**
 * Ends a mail; what is left in it goes to the sinks `expired` and `expired-mail`, from where it can be restored. Commits
 * the operation.
 */
export async function endMail(operation: Operation, mail: Mail, reason: EndReason): Promise<void> {
  const { mailId, version } = mail;
  if (!holdsValue(mail)) {
    await operation.commit(end(mail, reason, { nowMs: operation.nowMs }));
    return;
  }
  const transactionId = deriveId('txn', 'mail-end', mailId, version);
  const money = endingLegs(moneyLeft(mail));
  const held = money.length > 0 ? pin(mail, transactionId) : undefined;
  await settle(operation, {
    settlement: mailEnding,
    context: { mail: rowOf(held?.pinned ?? mail), reason },
    reason: 'mail-expired',
    items: attachmentsLeft(mail).map(
      ({ itemId }): ItemLeg => ({
        kind: 'move',
        itemId,
        from: mailHolder(mailId),
        destination: { to: 'sink', reason: 'expired' },
      }),
    ),
    money,
    transactionId,
    ...(held ? { prepare: held.changes } : {}),
  });
}
