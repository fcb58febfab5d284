import type { TransactionId } from '#shared/kernel/ids.ts';
import { itemComplaints } from '#shared/testing/item-audit.ts';
import { mailComplaints } from '#shared/testing/mail-audit.ts';
import type { Row, ValueStores } from './value-stores.ts';

/**
 * What is wrong with the value of a local cloud in which nothing is under way: V1 to V4 of the protocol, over both of
 * its stores. Empty: nothing was doubled, lost or left half-way.
 */
export async function valueComplaints(stores: ValueStores): Promise<readonly string[]> {
  const rows = await stores.rows();
  return [
    ...itemComplaints(rows),
    ...mailComplaints(rows, await stores.takenBy('system.escrow.mail')),
    ...(await stores.ledger.faults()),
    ...(await moneyComplaints(stores)),
    ...(await agreementComplaints(stores, rows)),
  ];
}

/** V2: what players have is what was issued less what was taken. */
async function moneyComplaints(stores: ValueStores): Promise<string[]> {
  const staff = -(await stores.takenBy('system.faucet.staff'));
  if (staff === stores.given) return [];
  return [`the staff has given ${stores.given}, and ${staff} was issued for it`];
}

/** V4: a settlement is delivered exactly when the ledger has committed it, and none is left half-way. */
async function agreementComplaints(stores: ValueStores, rows: readonly Row[]): Promise<string[]> {
  const complaints: string[] = [];
  for (const { transactionId, kind, state } of rows.filter((row) => row._et === 'Settlement')) {
    const transaction = await stores.ledger.decisionOf(transactionId as TransactionId);
    const decision = transaction?.decision.state ?? 'nothing';
    const isRight = state === 'DELIVERED' ? decision === 'COMMITTED' : state === 'RETURNED' && decision !== 'COMMITTED';
    if (!isRight) complaints.push(`${kind} ${transactionId} is ${state}, and the ledger says ${decision}`);
  }
  return complaints;
}
