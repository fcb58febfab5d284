/** What the auditor holds everything against (VALUE-design, invariants V1 to V8). */
export const invariants = ['V1', 'V2', 'V3', 'V4', 'V5', 'V6', 'V7', 'V8'] as const;
export type Invariant = (typeof invariants)[number];

/** Something that may not be. */
export interface Complaint {
  readonly invariant: Invariant;
  readonly text: string;
}

/** Complaints of one invariant. */
export function complain(invariant: Invariant, texts: readonly string[]): readonly Complaint[] {
  return texts.map((text) => ({ invariant, text }));
}

/** Complaints of the ledger, which begin with the invariant that they are about. */
export function fromLedger(problems: readonly string[]): readonly Complaint[] {
  return problems.map((problem) => {
    const invariant = invariants.find((one) => problem.startsWith(`${one} `)) ?? 'V2';
    return { invariant, text: problem.replace(/^V\d /, '') };
  });
}
