import * as z from 'zod';
import { defineSettlement } from '#shared/settlement/define-settlement.ts';

/** The money of a finished quest. Nobody would ask for it again: one that is in doubt is completed. */
export const questReward = defineSettlement({
  name: 'quest-reward',
  context: z.strictObject({ questId: z.string() }),
  whenInDoubt: 'complete',
  delivered: () => ({ reply: undefined }),
});

/** What somebody had who is gone for good. */
export const erasedMoney = defineSettlement({
  name: 'erased-money',
  context: z.strictObject({}),
  whenInDoubt: 'complete',
  delivered: () => ({ reply: undefined }),
});
