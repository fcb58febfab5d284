import type { CheatCheck } from '#shared/contract/cheat-checks.ts';
import type { AccountId, CharacterId, Slug } from '#shared/kernel/ids.ts';
import type { Figures } from './checks.ts';

export const caseStates = ['open', 'watching', 'dismissed', 'confirmed'] as const;
export type CaseState = (typeof caseStates)[number];

/** What staff decide: to look again later, that there is nothing in it, or that it was cheating and what follows. */
export const verdicts = ['watch', 'dismiss', 'kick', 'suspend'] as const;
export type Verdict = (typeof verdicts)[number];

/** What a zone's check has noticed of a character since the zone's last report of it. */
export interface Noticed {
  readonly check: CheatCheck;
  readonly count: number;
  readonly weight: number;
  /** The newest, oldest first. */
  readonly samples: readonly { readonly atMs: number; readonly figures: Figures }[];
}

/** What a zone hands in about one character. */
export interface SuspicionReport {
  /** Counts the reports of the unit's epoch from 1: (unit, epoch, reportSeq) names the report. */
  readonly reportSeq: number;
  readonly accountId: AccountId;
  readonly characterId: CharacterId;
  readonly atMs: number;
  /** Each check at most once. */
  readonly noticed: readonly Noticed[];
}

/** What one check adds to a case since it was last decided on. */
export interface Finding {
  /** As of the case's `atMs`. */
  readonly weight: number;
  readonly count: number;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
}

/** What staff have decided. */
export interface Review {
  readonly verdict: Verdict;
  readonly reason: string;
  readonly by: AccountId;
  readonly atMs: number;
  /** Of a suspension. */
  readonly untilMs?: number | undefined;
}

/** What is held against an account, whichever of its characters it plays. */
export interface CheatCase {
  readonly accountId: AccountId;
  readonly state: CaseState;
  /** The character of the last report. */
  readonly characterId: CharacterId;
  /** When the findings weighed what they say. */
  readonly atMs: number;
  readonly findings: Readonly<Partial<Record<CheatCheck, Finding>>>;
  /** The level that the score has reached and that was told. */
  readonly level: number;
  /** Since when staff should look at it before others; unset: they need not. */
  readonly urgentSinceMs?: number | undefined;
  readonly openedAtMs: number;
  readonly reportedAtMs: number;
  /** When the account is put out of its zone, or was last. */
  readonly kickAtMs?: number | undefined;
  readonly review?: Review | undefined;
  /** Rises with every review and whenever it is opened again: what reviewers must have seen. */
  readonly revision: number;
  /** Rises with every change: the condition of the next one. */
  readonly version: number;
}

/** What was measured, check by check: the newest, oldest first. Decisions leave it as it is. */
export type Evidence = Readonly<Partial<Record<CheatCheck, readonly EvidenceSample[]>>>;

export interface EvidenceSample {
  readonly atMs: number;
  readonly characterId: CharacterId;
  readonly unitId: Slug;
  readonly figures: Figures;
}
