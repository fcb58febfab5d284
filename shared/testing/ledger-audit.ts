import type { MemoryLedger } from '#shared/ledger/memory-ledger.ts';

type Audit = ReturnType<MemoryLedger['audit']>;

/**
 * What is wrong with a ledger (V2, V3 and V8): accounts that are not what their entries say, broken chains, holds that
 * do not add up, money that players have and no account of the system has issued. Empty: all is well.
 */
export function ledgerComplaints({ accounts, transactions, entries, system, holds }: Audit): readonly string[] {
  const complaints: string[] = [];
  const lines = new Map(entries.map(({ owner, lines: all }) => [owner, all]));
  const decided = new Map(transactions.map((one) => [one.id, one]));
  for (const { owner, currency, posted, held, version } of accounts) {
    if (owner.startsWith('system.')) continue;
    const name = `${owner}/${currency}`;
    const chain = (lines.get(owner) ?? []).filter((line) => line.currency === currency);
    let balance = 0n;
    chain.forEach((line, index) => {
      balance += line.amount;
      if (line.version !== index + 1) complaints.push(`entry ${index + 1} of ${name} has version ${line.version}`);
      if (line.balance !== balance) complaints.push(`${name} has ${line.balance} at ${line.version}, not ${balance}`);
      if (decided.get(line.transactionId)?.decision.state !== 'COMMITTED') {
        complaints.push(`${name} was moved by ${line.transactionId}, which was not committed`);
      }
    });
    const reserved = sum(holds.filter((hold) => isOpenOf(hold, owner, currency)).map(({ amount }) => amount));
    if (version !== chain.length) complaints.push(`${name} has version ${version} and ${chain.length} entries`);
    if (posted !== balance) complaints.push(`${name} has ${posted}, its entries come to ${balance}`);
    if (held !== reserved) complaints.push(`${name} holds ${held}, its open holds come to ${reserved}`);
    if (held < 0n || posted < held) complaints.push(`${name} has ${posted} and holds ${held}`);
  }
  for (const currency of new Set(system.map((line) => line.currency))) {
    const owned = sum(accounts.filter((one) => one.currency === currency).map(({ posted }) => posted));
    const issued = -sum(system.filter((one) => one.currency === currency).map(({ amount }) => amount));
    if (owned !== issued) complaints.push(`players have ${owned} of ${currency}, and ${issued} was issued`);
  }
  return complaints;
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n);
}

function isOpenOf(hold: Audit['holds'][number], owner: string, currency: string): boolean {
  return hold.state === 'OPEN' && hold.owner === owner && hold.currency === currency;
}
