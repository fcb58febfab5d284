/** What the auditor holds everything against (VALUE-design, invariants V1 to V8). */
export const invariants = ['V1', 'V2', 'V3', 'V4', 'V5', 'V6', 'V7', 'V8'] as const;
export type Invariant = (typeof invariants)[number];

/** Where to look whether a complaint still holds. */
export type Subject =
  | { readonly of: 'item' | 'slots' | 'transaction'; readonly id: string }
  /** A page of the ledger's decisions, or of its accounts, by where it begins. */
  | { readonly of: 'decided'; readonly atMs: number; readonly id: string }
  | { readonly of: 'accounts'; readonly after: number }
  /** The whole table: only another walk can tell. */
  | { readonly of: 'walk' };

/** Something that may not be. */
export interface Complaint {
  readonly invariant: Invariant;
  /** The same words as long as the same is wrong. */
  readonly text: string;
  /** Unset: every run looks at all of its kind. */
  readonly about?: Subject | undefined;
}

/** Complaints of one invariant. */
export function complain(invariant: Invariant, texts: readonly string[], about?: Subject): readonly Complaint[] {
  return texts.map((text) => ({ invariant, text, ...(about ? { about } : {}) }));
}

/** Complaints of the ledger, which begin with the invariant that they are about. */
export function fromLedger(problems: readonly string[], about: Subject): readonly Complaint[] {
  return problems.map((problem) => {
    const invariant = invariants.find((one) => problem.startsWith(`${one} `)) ?? 'V2';
    return { invariant, text: problem.replace(/^V\d /, ''), about };
  });
}
