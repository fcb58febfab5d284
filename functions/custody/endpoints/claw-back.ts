import { settling } from '#functions/settlement/public.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { submit } from '../carry-out.ts';
import { clawBack } from '../contract-acts.ts';
import { staffAct } from '../settlement.ts';

export const handler = endpointHandler(
  clawBack,
  ({ input, actor, operation }) => {
    const { characterId, items, money, mails, reason } = input.body;
    const content = { items, mint: [], money, mails };
    return withConflictRetry(() =>
      submit(operation, { kind: 'claw-back', characterId, content, reason, by: actor.accountId }),
    );
  },
  settling(staffAct),
);
