import { settle } from '#functions/settlement/public.ts';
import { GameError } from '#shared/contract/errors.ts';
import { parseAmount } from '#shared/kernel/money.ts';
import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { log } from '#shared/telemetry/log.ts';
import { payQuestReward } from '../contract.ts';
import { questReward } from '../settlement.ts';

/** Pays once, however often the event comes: the transaction's id derives from it. */
export const handler = subscriberHandler(payQuestReward, async ({ data }, { operation, commit }) => {
  const { characterId, questId, rewards } = data;
  const money = rewards.currencies.map(({ currency, amount }) => ({
    currency,
    from: 'system.faucet.quest' as const,
    to: characterId,
    amount: parseAmount(amount),
  }));
  if (money.length === 0) {
    await commit({});
    return;
  }
  try {
    await settle(operation, {
      settlement: questReward,
      context: { questId },
      reason: `quest:${questId}`,
      items: [],
      money,
    });
  } catch (error) {
    // Who has as much as one can have gets no more: that is decided, and no reason to try again.
    if (!(error instanceof GameError && error.code === 'ledger.balance_limit')) throw error;
    log().warn('a quest paid nothing: the balance is at its limit', { characterId, questId });
  }
});
