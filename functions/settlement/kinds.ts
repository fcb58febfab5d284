import { staffAct } from '#functions/custody/settlement.ts';
import { repairSettlement, restoreSettlement } from '#functions/inventory/settlement.ts';
import { mailEnding, mailSending, mailTaking } from '#functions/mail/settlement.ts';
import { tradeSettlement } from '#functions/trade/settlement.ts';
import { buyingBack, purchase, sale } from '#functions/vendor/settlement.ts';
import { erasedMoney, questReward } from '#functions/wallet/settlement.ts';
import type { Settlement } from '#shared/settlement/define-settlement.ts';

/** Every kind of settlement: the sweeper ends those of all domains. */
// biome-ignore lint/suspicious/noExplicitAny: kinds of settlement have contexts and replies of their own
export const settlementKinds: readonly Settlement<any, any>[] = [
  repairSettlement,
  restoreSettlement,
  staffAct,
  mailSending,
  mailTaking,
  mailEnding,
  questReward,
  erasedMoney,
  tradeSettlement,
  purchase,
  sale,
  buyingBack,
];
