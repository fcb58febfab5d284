import { characterIdsOf } from '#functions/character/public.ts';
import { toIso } from '#shared/kernel/clock.ts';
import type { AccountId } from '#shared/kernel/ids.ts';
import { formatAmount } from '#shared/kernel/money.ts';
import { type LedgerEntry, ledger, type PlayerOwner } from '#shared/ledger/ledger.ts';
import { lineOf } from './view.ts';

/** Lines of one owner's history in an export: the newest. */
const KEPT_LINES = 1_000;
const PAGE = 200;
const KEPT_HOLDS = 100;

/** What money an account and its characters have, have reserved, and had, for their player. */
export async function exportOf(accountId: AccountId): Promise<object> {
  const owners: object[] = [];
  for (const owner of [accountId, ...(await characterIdsOf(accountId))]) {
    const balances = await ledger().balancesOf(owner);
    if (balances.length === 0) continue;
    const holds = await ledger().openHoldsOf(owner, KEPT_HOLDS);
    owners.push({
      owner,
      balances: balances.map(({ currency, posted, held }) => ({
        currency,
        posted: formatAmount(posted),
        held: formatAmount(held),
      })),
      reserved: holds.map(({ currency, amount, expiresAtMs }) => ({
        currency,
        amount: formatAmount(amount),
        until: toIso(expiresAtMs),
      })),
      history: (await newestLines(owner)).map(lineOf),
    });
  }
  return { owners };
}

async function newestLines(owner: PlayerOwner): Promise<readonly LedgerEntry[]> {
  const lines: LedgerEntry[] = [];
  let cursor: string | undefined;
  do {
    const page = await ledger().historyOf(owner, { limit: PAGE, cursor });
    lines.push(...page.entries);
    cursor = page.nextCursor;
  } while (cursor !== undefined && lines.length < KEPT_LINES);
  return lines;
}
