import { settle } from '#functions/settlement/public.ts';
import { GameError } from '#shared/contract/errors.ts';
import type { Operation } from '#shared/events/operation.ts';
import { ledger, type PlayerOwner } from '#shared/ledger/ledger.ts';
import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { log } from '#shared/telemetry/log.ts';
import { sinkErasedMoney } from '../contract.ts';
import { erasedMoney } from '../settlement.ts';

const SINK = 'system.sink.erased';

/** Nobody can spend it any more: it leaves the game, so that what faucets issued and sinks took tells what players have. */
export const handler = subscriberHandler(sinkErasedMoney, async ({ name, data }, { part }) => {
  const owners: readonly PlayerOwner[] =
    name === 'CHARACTER_PURGED' ? [data.characterId] : [data.accountId, ...data.characterIds];
  for (const owner of owners) await part(owner, (operation) => sink(owner, operation));
});

/** What is reserved stays until its reservation ends: whoever has a right to it gets it. */
async function sink(owner: PlayerOwner, operation: Operation): Promise<void> {
  const money = (await ledger().balancesOf(owner)).flatMap(({ currency, posted, held }) =>
    posted > held ? [{ currency, from: owner, to: SINK, amount: posted - held } as const] : [],
  );
  if (money.length === 0) {
    await operation.commit({});
    return;
  }
  try {
    await settle(operation, { settlement: erasedMoney, context: {}, reason: 'erased', items: [], money });
  } catch (error) {
    if (!(error instanceof GameError && error.code === 'ledger.insufficient_funds')) throw error;
    log().warn('money of somebody who is gone was spent at this moment', { owner });
  }
}
