import { ledger } from '#shared/ledger/ledger.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { viewSupply } from '../contract.ts';

const EVER_MS = Date.UTC(9999, 0);

export const handler = endpointHandler(viewSupply, async ({ input: { query } }) => {
  const { from, to } = query;
  const period =
    from === undefined && to === undefined
      ? undefined
      : { fromMs: from === undefined ? 0 : Date.parse(from), toMs: to === undefined ? EVER_MS : Date.parse(to) };
  const lines = await ledger().supply(period);
  const changes = new Map<string, bigint>();
  for (const { currency, issued, taken } of lines) {
    changes.set(currency, (changes.get(currency) ?? 0n) + issued - taken);
  }
  return {
    lines: lines.map(({ account, currency, issued, taken }) => ({
      account,
      currency,
      issued: String(issued),
      taken: String(taken),
    })),
    supply: [...changes].map(([currency, change]) => ({ currency, change: String(change) })),
  };
});
