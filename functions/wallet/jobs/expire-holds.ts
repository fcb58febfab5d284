import { ledger } from '#shared/ledger/ledger.ts';
import { jobHandler } from '#shared/runtime/job-handler.ts';
import { expireHolds } from '../contract.ts';

/** Holds that one call frees, and calls of one run. */
const PER_CALL = 500;
const CALLS = 20;

/** Whether a hold has run out, the ledger's clock says; what it held cannot be paid out of it from that moment on. */
export const handler = jobHandler(expireHolds, async () => {
  let processed = 0;
  for (let calls = 0; calls < CALLS; calls += 1) {
    const freed = await ledger().expireHolds(PER_CALL);
    processed += freed;
    if (freed < PER_CALL) break;
  }
  return { processed };
});
