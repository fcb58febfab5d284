import { ledger } from '#shared/ledger/ledger.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { readSettlement } from '#shared/settlement/store.ts';
import { viewTransaction } from '../contract-look.ts';
import { answerLook } from '../look.ts';
import { transactionViewOf } from '../view.ts';

export const handler = endpointHandler(viewTransaction, async ({ input, actor, operation, fail }) => {
  const { transactionId } = input.params;
  // The row first: one that ends in between agrees with a decision that is read after it. One that begins in between
  // is looked for again.
  const seen = await readSettlement(transactionId);
  const decided = await ledger().decisionOf(transactionId);
  const row = seen ?? (decided && (await readSettlement(transactionId)));
  if (!row && !decided) throw fail('custody.not_found');
  return answerLook(operation, transactionId, actor.accountId, transactionViewOf(transactionId, row, decided));
});
