import type { CharacterId, ItemId, TransactionId } from '#shared/kernel/ids.ts';
import { auditPage, compareOne, isLate } from './audit-ledger.ts';
import { auditLimits } from './audit-rules.ts';
import { confirmedSlotFaults } from './audit-slots.ts';
import { lookAgain } from './audit-table.ts';
import type { Complaint, Subject } from './complaint.ts';

/** A complaint that has not been found to be gone. */
export interface OpenFault extends Complaint {
  /** When it was found first. */
  readonly sinceMs: number;
}

/** What is wrong as of a run. */
export interface Faults {
  /** All that is open: what was found before and is still so, and what is new. The oldest first. */
  readonly open: readonly OpenFault[];
  /** Of them those that this run has found first. */
  readonly fresh: readonly Complaint[];
}

/** Two runs speak of the same when they say the same. */
const nameOf = ({ invariant, text }: Complaint): string => `${invariant} ${text}`;

/**
 * Holds what was open against what a run has found. A fault that the run's own looks did not meet, because they have gone
 * on to elsewhere, is looked at again where it was: it stays until it is gone, not until nobody passes by.
 * @param walkHasEnded this run has come to the end of a walk: what only a walk can tell was told.
 */
export async function followUp(
  before: readonly OpenFault[],
  found: readonly Complaint[],
  { nowMs, walkHasEnded }: { readonly nowMs: number; readonly walkHasEnded: boolean },
): Promise<Faults> {
  const met = new Map(found.map((one) => [nameOf(one), one]));
  const looks = new Map<string, Promise<readonly Complaint[]>>();
  const stays: OpenFault[] = [];
  for (const fault of before) {
    const { about } = fault;
    if (!about || met.has(nameOf(fault))) continue;
    if (about.of === 'walk') {
      if (!walkHasEnded) stays.push(fault);
      continue;
    }
    if (isLate(nowMs)) {
      stays.push(fault);
      continue;
    }
    const key = JSON.stringify(about);
    const look = looks.get(key) ?? lookAt(about, nowMs);
    looks.set(key, look);
    if ((await look).some((one) => nameOf(one) === nameOf(fault))) stays.push(fault);
  }
  const known = new Map(before.map((one) => [nameOf(one), one]));
  const fresh = [...met.values()].filter((one) => !known.has(nameOf(one)));
  const open = [
    ...before.filter((one) => met.has(nameOf(one)) || stays.includes(one)),
    ...fresh.map((one) => ({ ...one, sinceMs: nowMs })),
  ];
  return { open, fresh };
}

/** What fits into the row of progress. */
export function kept(open: readonly OpenFault[]): readonly OpenFault[] {
  return open.slice(0, auditLimits.openFaults);
}

function lookAt(subject: Exclude<Subject, { readonly of: 'walk' }>, nowMs: number): Promise<readonly Complaint[]> {
  switch (subject.of) {
    case 'item':
      return lookAgain(subject.id as ItemId);
    case 'slots':
      return confirmedSlotFaults([subject.id as CharacterId]);
    case 'transaction':
      return compareOne(subject.id as TransactionId, nowMs);
    case 'decided':
    case 'accounts':
      return auditPage(subject, nowMs);
  }
}
