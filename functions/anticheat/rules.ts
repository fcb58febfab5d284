import type { CheatCheck } from '#shared/contract/cheat-checks.ts';
import { DAY_MS, SECOND_MS } from '#shared/kernel/clock.ts';
import type { Slug } from '#shared/kernel/ids.ts';
import type { CaseState, CheatCase, Evidence, Finding, Review, SuspicionReport, Verdict } from './case.ts';

export const caseLimits = {
  /** After this long half of what is held against somebody is forgiven. */
  halfLifeMs: 7 * DAY_MS,
  /** Each further level is told once, and what follows from it follows. Zones report nothing below about 10. */
  scorePerLevel: 30,
  /** From this level on they are put out of the zone, after a while that tells nobody what was noticed. */
  kickFromLevel: 1,
  kickDelayMs: { min: 30 * SECOND_MS, max: 90 * SECOND_MS },
  /** From this level on staff should look at it before others. Nothing more than that happens by itself. */
  urgentFromLevel: 3,
  /** Somebody is told when such a case waits for longer. */
  urgentWaitsMs: DAY_MS,
  /** What was decided on is opened again from this level on; what was held against them before counts no more. */
  reopenFromLevel: 1,
  /** Of one check alone. */
  maxWeight: 10_000,
  /** Samples of each check that stay with a case. */
  keptSamples: 5,
  /** Reports, and cases on which nobody has ever decided, go after this long. */
  keptMs: 180 * DAY_MS,
  /** Whoever is to be banned for longer is banned through the account. */
  longestSuspensionDays: 30,
} as const;

/** What is left of a weight after a while; the order in which weights come makes no difference. */
export function remaining(weight: number, fromMs: number, toMs: number): number {
  return weight * 2 ** ((fromMs - toMs) / caseLimits.halfLifeMs);
}

/** What is held against an account at a moment not before its last report. */
export function scoreAt({ findings, atMs }: Pick<CheatCase, 'findings' | 'atMs'>, nowMs: number): number {
  const sum = Object.values(findings).reduce((total, { weight }) => total + weight, 0);
  return remaining(sum, atMs, Math.max(atMs, nowMs));
}

function levelOf(score: number): number {
  return Math.floor(score / caseLimits.scorePerLevel);
}

const isClosed = (state: CaseState) => state === 'dismissed' || state === 'confirmed';

/** What a report makes of a case. */
export interface Accusation {
  readonly after: CheatCase;
  /** A level was reached: it is told, once for each time that it is reached. */
  readonly isTold: boolean;
  /** They are to be put out of their zone, and no such order is waiting. */
  readonly wantsKick: boolean;
}

/** Counts a report against its account: opens a case, adds to it, or opens it again. */
export function accuse(before: CheatCase | undefined, report: SuspicionReport): Accusation {
  const { accountId, characterId } = report;
  const atMs = Math.max(before?.atMs ?? 0, report.atMs);
  const heldBefore = before?.findings ?? {};
  const findings: Partial<Record<CheatCheck, Finding>> = {};
  for (const [check, finding] of Object.entries(heldBefore) as [CheatCheck, Finding][])
    findings[check] = { ...finding, weight: remaining(finding.weight, before!.atMs, atMs) };
  const levelBefore = levelOf(scoreAt({ findings, atMs }, atMs));
  for (const { check, count, weight } of report.noticed) {
    const known = findings[check];
    const added = remaining(Math.max(0, weight), report.atMs, atMs);
    findings[check] = {
      weight: Math.min(caseLimits.maxWeight, (known?.weight ?? 0) + added),
      count: (known?.count ?? 0) + count,
      firstAtMs: Math.min(known?.firstAtMs ?? report.atMs, report.atMs),
      lastAtMs: Math.max(known?.lastAtMs ?? report.atMs, report.atMs),
    };
  }
  const level = levelOf(scoreAt({ findings, atMs }, atMs));
  const wasClosed = before !== undefined && isClosed(before.state);
  const isReopened = wasClosed && level >= caseLimits.reopenFromLevel;
  const isLive = !wasClosed || isReopened;
  // Who has calmed down and begins again is told of again.
  const toldBefore = Math.min(before?.level ?? 0, levelBefore);
  const isTold = isLive && level > toldBefore;
  const isWaiting = (before?.kickAtMs ?? 0) > report.atMs;
  const urgentSinceMs = level >= caseLimits.urgentFromLevel ? report.atMs : undefined;
  const after: CheatCase = {
    ...before,
    ...{ accountId, characterId, atMs, findings },
    state: before && !isReopened ? before.state : 'open',
    level: isLive ? level : toldBefore,
    urgentSinceMs: isLive ? (before?.urgentSinceMs ?? urgentSinceMs) : undefined,
    openedAtMs: before && !isReopened ? before.openedAtMs : report.atMs,
    reportedAtMs: Math.max(before?.reportedAtMs ?? 0, report.atMs),
    revision: (before?.revision ?? 1) + (isReopened ? 1 : 0),
    version: (before?.version ?? 0) + 1,
  };
  return { after, isTold, wantsKick: isTold && level >= caseLimits.kickFromLevel && !isWaiting };
}

/** The evidence with what a report has measured: of each check the newest. */
export function withSamples(before: Evidence, report: SuspicionReport, unitId: Slug): Evidence {
  const after: Partial<Record<CheatCheck, Evidence[CheatCheck]>> = { ...before };
  for (const { check, samples } of report.noticed) {
    const { characterId } = report;
    const added = samples.map(({ atMs, figures }) => ({ atMs, characterId, unitId, figures }));
    const all = [...(before[check] ?? []), ...added].sort((a, b) => a.atMs - b.atMs);
    after[check] = all.slice(-caseLimits.keptSamples);
  }
  return after;
}

const stateAfter: Readonly<Record<Verdict, CaseState>> = {
  watch: 'watching',
  dismiss: 'dismissed',
  kick: 'confirmed',
  suspend: 'confirmed',
};

/** A case as a decision leaves it. Who goes on being watched keeps what is held against them; all else begins anew. */
export function decide(before: CheatCase, review: Review): CheatCase {
  const state = stateAfter[review.verdict];
  const fresh = isClosed(state) ? { findings: {}, level: 0, atMs: Math.max(before.atMs, review.atMs) } : {};
  const { revision, version } = before;
  const next = { state, urgentSinceMs: undefined, review, revision: revision + 1, version: version + 1 };
  return { ...before, ...fresh, ...next };
}

/** How long the longest waiting of these cases has been urgent; 0: none is. */
export function longestUrgentMs(cases: readonly CheatCase[], nowMs: number): number {
  return Math.max(0, ...cases.map(({ urgentSinceMs = nowMs }) => nowMs - urgentSinceMs));
}

/** Digits of a rank before and behind its point. */
const RANK_WIDTH = 16;
const RANK_FRACTION = 9;

/**
 * Where a case stands in its queue, as text that sorts: all scores halve in the same time, so that the order of two cases
 * never changes by itself, and neither need be written again.
 */
export function rankOf(one: Pick<CheatCase, 'findings' | 'atMs'>): string {
  const rank = Math.log2(Math.max(1, scoreAt(one, one.atMs))) + one.atMs / caseLimits.halfLifeMs;
  return rank.toFixed(RANK_FRACTION).padStart(RANK_WIDTH, '0');
}
