import { settling } from '#functions/settlement/public.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { submit } from '../carry-out.ts';
import { grant } from '../contract-acts.ts';
import { staffAct } from '../settlement.ts';

export const handler = endpointHandler(
  grant,
  ({ input, actor, operation }) => {
    const { characterId, restore: items, mint, money, reason } = input.body;
    const content = { items, mint, money };
    return withConflictRetry(() =>
      submit(operation, { kind: 'grant', characterId, content, reason, by: actor.accountId }),
    );
  },
  settling(staffAct),
);
