import { repairSettlement, restoreSettlement } from '#functions/inventory/settlement.ts';
import { mailEnding, mailSending, mailTaking } from '#functions/mail/settlement.ts';
import type { Settlement } from '#shared/settlement/define-settlement.ts';

/** Every kind of settlement: the sweeper ends those of all domains. */
export const settlementKinds = [
  repairSettlement,
  restoreSettlement,
  mailSending,
  mailTaking,
  mailEnding,
] as unknown as readonly Settlement[];
