import { toldBy } from '#functions/platform/public.ts';
import { clock, DAY_MS } from '#shared/kernel/clock.ts';
import { deriveId, type TransactionId } from '#shared/kernel/ids.ts';
import { type LedgerTransaction, ledger } from '#shared/ledger/ledger.ts';
import { agreementOf } from '#shared/settlement/agreement.ts';
import { readSettlements, type SettlementRow } from '#shared/settlement/store.ts';
import { auditLimits } from './audit-rules.ts';
import { type Complaint, complain, fromLedger, type Subject } from './complaint.ts';
import type { Progress } from './store-audit.ts';

/** Rows of the outbox stay for 7 days: of what ended longer ago nothing can be said. */
const TOLD_WITHIN_MS = 6 * DAY_MS;

/** Decisions that are asked for at once. */
const ROWS_AT_ONCE = 500;

/** What was found out about settlements by holding both stores against each other. */
interface Compared {
  readonly complaints: readonly Complaint[];
  readonly underWay: readonly TransactionId[];
}

/**
 * Goes on through what the ledger has decided: each transaction balances and is what its legs say (V2), agrees with the
 * table (V4, V6), and was told (V7).
 */
export async function auditDecisions(
  progress: Progress,
  nowMs: number,
): Promise<Pick<Progress, 'decided' | 'underWay'> & { complaints: Complaint[]; count: number; lagMs: number }> {
  const toMs = nowMs - auditLimits.freshMs;
  const again = await compareAgain(progress.underWay, nowMs);
  const complaints: Complaint[] = [...again.complaints];
  const underWay = [...again.underWay];
  let { decided } = progress;
  let count = 0;
  for (let pages = 0; pages < auditLimits.decidedPages && !isLate(nowMs); pages += 1) {
    const page = await ledger().auditDecided(decided, toMs, auditLimits.decidedPerPage);
    const compared = await compare(page.decided, nowMs);
    complaints.push(...fromLedger(page.problems, { of: 'decided', ...decided }), ...compared.complaints);
    underWay.push(...compared.underWay);
    const last = page.decided.at(-1);
    if (last) decided = { atMs: last.decidedAtMs, id: last.id };
    count += page.decided.length;
    if (page.decided.length < auditLimits.decidedPerPage) {
      return { decided, underWay: underWay.slice(-auditLimits.underWay), complaints, count, lagMs: 0 };
    }
  }
  const lagMs = toMs - decided.atMs;
  return { decided, underWay: underWay.slice(-auditLimits.underWay), complaints, count, lagMs };
}

/** Goes on through the ledger's accounts: their balances are what their chains and holds say (V2, V3). */
export async function auditAccounts(
  after: number,
  nowMs: number,
): Promise<{ readonly account: number; readonly complaints: readonly Complaint[]; readonly count: number }> {
  const complaints: Complaint[] = [];
  let account = after;
  let count = 0;
  for (let pages = 0; pages < auditLimits.accountPages && !isLate(nowMs); pages += 1) {
    const page = await ledger().auditAccounts(account, auditLimits.accountsPerPage);
    complaints.push(...fromLedger(page.problems, { of: 'accounts', after: account }));
    if (page.next === undefined) return { account: 0, complaints, count };
    count += page.next - account;
    account = page.next;
  }
  return { account, complaints, count };
}

/** Holds settlements that have ended against the ledger, as a walk meets them (V4). */
export async function compareRows(rows: readonly SettlementRow[]): Promise<readonly Complaint[]> {
  const ended = rows.filter(({ outcome }) => outcome !== undefined);
  const complaints: Complaint[] = [];
  for (let from = 0; from < ended.length; from += ROWS_AT_ONCE) {
    const part = ended.slice(from, from + ROWS_AT_ONCE);
    const decisions = await ledger().decisionsOf(part.map(({ transactionId }) => transactionId));
    for (const row of part) {
      const { transactionId } = row;
      complaints.push(...disagreements(row, decisions.get(transactionId), transactionId));
    }
  }
  return complaints;
}

/** Looks once more at one transaction, from both sides. */
export async function compareOne(id: TransactionId, nowMs: number): Promise<readonly Complaint[]> {
  const decided = (await ledger().decisionsOf([id])).get(id);
  if (decided) return (await compare([decided], nowMs)).complaints;
  const row = (await readSettlements([id])).get(id);
  return row ? disagreements(row, undefined, id) : [];
}

/** Looks once more at what the ledger says of a page of its decisions, or of its accounts. */
export async function auditPage(
  page: Extract<Subject, { readonly of: 'decided' | 'accounts' }>,
  nowMs: number,
): Promise<readonly Complaint[]> {
  const { decidedPerPage, accountsPerPage, freshMs } = auditLimits;
  const { problems } =
    page.of === 'accounts'
      ? await ledger().auditAccounts(page.after, accountsPerPage)
      : await ledger().auditDecided({ atMs: page.atMs, id: page.id }, nowMs - freshMs, decidedPerPage);
  return fromLedger(problems, page);
}

function about(id: TransactionId): Subject {
  return { of: 'transaction', id };
}

function disagreements(
  row: SettlementRow | undefined,
  decided: LedgerTransaction | undefined,
  id: TransactionId,
): readonly Complaint[] {
  return agreementOf(row, decided, id).complaints.map((one) => ({ ...one, about: about(id) }));
}

/** Whether a run has taken so long that nothing more is begun. */
export function isLate(startedMs: number): boolean {
  return clock.nowMs() - startedMs > auditLimits.runMs;
}

async function compareAgain(ids: readonly TransactionId[], nowMs: number): Promise<Compared> {
  const complaints: Complaint[] = [];
  const underWay: TransactionId[] = [];
  for (let from = 0; from < ids.length; from += auditLimits.decidedPerPage) {
    const part = ids.slice(from, from + auditLimits.decidedPerPage);
    const found = await compare([...(await ledger().decisionsOf(part)).values()], nowMs);
    complaints.push(...found.complaints);
    underWay.push(...found.underWay);
  }
  return { complaints, underWay };
}

/** The rows are read after the decisions: a row comes before its decision, and says more later, never less. */
async function compare(decided: readonly LedgerTransaction[], nowMs: number): Promise<Compared> {
  const rows = await readSettlements(decided.map(({ id }) => id));
  const complaints: Complaint[] = [];
  const underWay: TransactionId[] = [];
  const toTell: TransactionId[] = [];
  for (const one of decided) {
    const row = rows.get(one.id);
    complaints.push(...disagreements(row, one, one.id));
    const agreement = agreementOf(row, one, one.id);
    if (agreement.state === 'UNDER_WAY') underWay.push(one.id);
    if (row && mustHaveTold(row, one, nowMs)) toTell.push(one.id);
  }
  const operations = new Map(toTell.map((id) => [deriveId('opr', id) as string, id]));
  const told = await toldBy([...operations.keys()]);
  const silent = [...operations].filter(([operationId]) => !told.has(operationId));
  for (const [, id] of silent) complaints.push(...complain('V7', [`${id} has moved money and told nobody`], about(id)));
  return { complaints, underWay };
}

/** What has moved players' money has told of it in the transaction that ended it. */
function mustHaveTold(row: SettlementRow, { decision }: LedgerTransaction, nowMs: number): boolean {
  const { outcome, endedAtMs } = row;
  if (outcome?.state !== 'DELIVERED' || decision.state !== 'COMMITTED') return false;
  return nowMs - endedAtMs! < TOLD_WITHIN_MS && decision.balances.some(({ amount }) => amount !== 0n);
}
