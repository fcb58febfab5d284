import { mailEnding, mailSending, mailTaking } from '#functions/mail/settlement.ts';
import type { Settlement } from '#shared/settlement/define-settlement.ts';

/** Every kind of settlement: the sweeper ends those of all domains. */
export const settlementKinds: readonly Settlement[] = [mailEnding, mailSending, mailTaking];
