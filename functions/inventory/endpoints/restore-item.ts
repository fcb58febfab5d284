import { settle, settling } from '#functions/settlement/public.ts';
import { parseAmount } from '#shared/kernel/money.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { restoreItem } from '../contract-loss.ts';
import { isSink } from '../holders.ts';
import { restoreSettlement } from '../settlement.ts';
import { readItem } from '../store.ts';

/** What was paid for a thing that was sold goes back to where it came from. */
const PAID_BACK_TO = 'system.sink.restore';

/** The item's version is a condition, and its holder: of any number of calls one has it back. */
export const handler = endpointHandler(
  restoreItem,
  ({ input, actor, operation, nowMs, fail }) =>
    withConflictRetry(async () => {
      const { accountId, characterId } = actor;
      const item = await readItem(input.params.itemId);
      const loss = item?.loss;
      const isRestorable = loss?.characterId === characterId && isSink(item!.holder) && loss.untilMs > nowMs;
      if (!item || !loss || !isRestorable) throw fail('inventory.not_restorable');
      const { itemId, ver, holder } = item;
      const { price } = loss;
      return settle(operation, {
        settlement: restoreSettlement,
        context: { accountId, characterId, ver, lostBy: holder.slice('sink.'.length) },
        reason: 'item-restore',
        items: [
          {
            kind: 'move',
            itemId,
            ver,
            from: holder,
            destination: { to: 'character', characterId, overflow: 'refuse' },
          },
        ],
        money: price
          ? [{ currency: price.currency, from: characterId, to: PAID_BACK_TO, amount: parseAmount(price.amount) }]
          : [],
      });
    }),
  settling(restoreSettlement),
);
