import { repairSettlement, restoreSettlement } from '#functions/inventory/settlement.ts';
import type { Settlement } from '#shared/settlement/define-settlement.ts';

/** Every kind of settlement: the sweeper ends those of all domains. */
export const settlementKinds = [repairSettlement, restoreSettlement] as unknown as readonly Settlement[];
