import { systemAccounts } from '#content/currencies.ts';
import { HOUR_MS } from '#shared/kernel/clock.ts';
import { ledger } from '#shared/ledger/ledger.ts';
import { type Complaint, complain } from './complaint.ts';

/** What came into players' hands within the hour, less what went out of them, by currency. */
export interface SupplyChange {
  readonly changes: ReadonlyMap<string, bigint>;
  readonly complaints: readonly Complaint[];
}

/**
 * The last hour's faucets and sinks (V8). That they are all the change there is, V2 sees to by every transaction; here, that
 * each of them is declared. How much is too much, operators say by alarms on `SupplyChange`.
 */
export async function auditSupply(nowMs: number): Promise<SupplyChange> {
  const lines = await ledger().supply({ fromMs: nowMs - HOUR_MS, toMs: nowMs });
  const changes = new Map<string, bigint>();
  for (const { currency, issued, taken } of lines) {
    changes.set(currency, (changes.get(currency) ?? 0n) + issued - taken);
  }
  const undeclared = lines.filter(({ account }) => !systemAccounts.find(account));
  return {
    changes,
    complaints: complain(
      'V8',
      undeclared.map((line) => `${line.account} is not declared, and has moved ${line.currency}`),
    ),
  };
}
