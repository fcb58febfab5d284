import type { MemoryLedger } from '#shared/ledger/memory-ledger.ts';

type Audit = ReturnType<MemoryLedger['audit']>;
type Account = Audit['accounts'][number];
type Line = Audit['entries'][number]['lines'][number];

/**
 * Looks at the ledger after each call: at what has changed since the one before (V2, V3). What is wrong for a moment
 * only, and right again when everything rests, is found here.
 */
export class LedgerWatch {
  private readonly ledger: MemoryLedger;
  private accounts: ReadonlyMap<string, Account>;
  private readonly lines = new Map<string, number>();
  private systemLines: number;

  constructor(ledger: MemoryLedger) {
    const { accounts, entries, system } = ledger.audit();
    this.ledger = ledger;
    this.accounts = byName(accounts);
    for (const one of entries) this.lines.set(one.owner, one.lines.length);
    this.systemLines = system.length;
  }

  /** What is wrong with what has changed since the last look. */
  look(): readonly string[] {
    const { accounts, entries, system, holds } = this.ledger.audit();
    const before = this.accounts;
    this.accounts = byName(accounts);
    const added = new Map<string, Line[]>();
    const complaints: string[] = [];
    const sums = new Map<string, bigint>();
    const add = (currency: string, amount: bigint) => sums.set(currency, (sums.get(currency) ?? 0n) + amount);
    for (const { owner, lines } of entries) {
      for (const line of lines.slice(this.lines.get(owner) ?? 0)) {
        const name = `${owner}/${line.currency}`;
        added.set(name, [...(added.get(name) ?? []), line]);
        add(line.currency, line.amount);
      }
      this.lines.set(owner, lines.length);
    }
    for (const { currency, amount } of system.slice(this.systemLines)) add(currency, amount);
    this.systemLines = system.length;
    for (const [currency, sum] of sums) {
      if (sum !== 0n) complaints.push(`a call of the ledger moved ${currency}, and its entries come to ${sum}`);
    }
    for (const [name, account] of this.accounts) {
      const known = before.get(name);
      const lines = added.get(name) ?? [];
      const isTouched = lines.length > 0 || !known || known.posted !== account.posted || known.held !== account.held;
      if (!isTouched && known.version === account.version) continue;
      complaints.push(...this.chainComplaints(name, known, account, lines), ...heldComplaints(account, holds));
    }
    return complaints;
  }

  /** V2: an account's balance and version follow from what they were by its new entries, each of a decision to do so. */
  private chainComplaints(
    name: string,
    known: Account | undefined,
    now: Account,
    lines: readonly Line[],
  ): readonly string[] {
    let [posted, version] = [known?.posted ?? 0n, known?.version ?? 0];
    const complaints: string[] = [];
    for (const line of lines) {
      posted += line.amount;
      version += 1;
      if (line.version !== version || line.balance !== posted) {
        complaints.push(`${name} has ${line.balance} at ${line.version}, not ${posted} at ${version}`);
      }
      if (this.ledger.decided(line.transactionId)?.decision.state !== 'COMMITTED') {
        complaints.push(`${name} was moved by ${line.transactionId} without its decision`);
      }
    }
    return now.posted === posted && now.version === version
      ? complaints
      : [...complaints, `${name} went to ${now.posted} at ${now.version}, its entries to ${posted} at ${version}`];
  }
}

function byName(accounts: readonly Account[]): ReadonlyMap<string, Account> {
  return new Map(
    accounts
      .filter(({ owner }) => !owner.startsWith('system.'))
      .map((account) => [`${account.owner}/${account.currency}`, account]),
  );
}

/** V3: what is held is what is open, and is there. */
function heldComplaints({ owner, currency, posted, held }: Account, holds: Audit['holds']): readonly string[] {
  const open = holds
    .filter((hold) => hold.state === 'OPEN' && hold.owner === owner && hold.currency === currency)
    .reduce((sum, { amount }) => sum + amount, 0n);
  return held === open && held >= 0n && held <= posted
    ? []
    : [`${owner}/${currency} had ${posted} and held ${held}, and its open holds came to ${open}`];
}
