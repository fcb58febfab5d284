import type * as z from 'zod';
import { type CheatCheck, cheatChecks } from '#shared/contract/cheat-checks.ts';
import { toIso } from '#shared/kernel/clock.ts';
import type { CheatCase, Evidence, Review } from './case.ts';
import { checks } from './checks.ts';
import { remaining, scoreAt } from './rules.ts';
import type { CaseSummary, CaseView, LogEntryView, ReportView } from './shapes.ts';
import type { StoredReport } from './store.ts';
import type { LogEntry } from './store-log.ts';

/** Two digits behind the point are enough to compare. */
const rounded = (weight: number) => Math.round(weight * 100) / 100;

function reviewOf({ untilMs, atMs, ...rest }: Review) {
  return { ...rest, at: toIso(atMs), ...(untilMs === undefined ? {} : { until: toIso(untilMs) }) };
}

/** What counts against an account, the weightiest first. */
function weighed({ findings }: CheatCase): readonly CheatCheck[] {
  return cheatChecks.filter((check) => findings[check]).sort((a, b) => findings[b]!.weight - findings[a]!.weight);
}

/** A case as the queue shows it. */
export function summaryOf(one: CheatCase, nowMs: number): z.input<typeof CaseSummary> {
  const { accountId, characterId, state, level, urgentSinceMs, openedAtMs, kickAtMs, review, revision } = one;
  return {
    ...{ accountId, characterId, state, level, revision },
    isUrgent: urgentSinceMs !== undefined,
    score: rounded(scoreAt(one, nowMs)),
    checks: [...weighed(one)],
    openedAt: toIso(openedAtMs),
    lastReportAt: toIso(one.reportedAtMs),
    ...(kickAtMs === undefined ? {} : { kickAt: toIso(kickAtMs) }),
    ...(review ? { review: reviewOf(review) } : {}),
  };
}

/** A case with what speaks for it: what each check adds, and what was measured. */
export function caseViewOf(one: CheatCase, evidence: Evidence, nowMs: number): z.input<typeof CaseView> {
  const counted = weighed(one);
  const former = cheatChecks.filter((check) => evidence[check] && !counted.includes(check));
  return {
    ...summaryOf(one, nowMs),
    findings: [...counted, ...former].map((check) => {
      const finding = one.findings[check];
      return {
        check,
        about: checks[check].about,
        score: finding ? rounded(remaining(finding.weight, one.atMs, Math.max(one.atMs, nowMs))) : 0,
        count: finding?.count ?? 0,
        ...(finding ? { firstAt: toIso(finding.firstAtMs), lastAt: toIso(finding.lastAtMs) } : {}),
        samples: (evidence[check] ?? []).map(({ atMs, characterId, unitId, figures }) => {
          return { at: toIso(atMs), characterId, unitId, measured: checks[check].say(figures) };
        }),
      };
    }),
  };
}

/** What a zone has reported, in words. */
export function reportViewOf({ reportId, atMs, unitId, noticed }: StoredReport): z.input<typeof ReportView> {
  return {
    ...{ reportId, unitId, at: toIso(atMs) },
    noticed: noticed.map(({ check, count, weight, samples }) => {
      const measured = samples.map(({ figures }) => checks[check].say(figures));
      return { check, count, weight: rounded(weight), measured };
    }),
  };
}

export function logViewOf(entry: LogEntry): z.input<typeof LogEntryView> {
  const { operationId, atMs, staffId, action, reason, before, after, score, untilMs } = entry;
  return {
    ...{ operationId, staffId, action, at: toIso(atMs) },
    ...(reason ? { reason } : {}),
    ...(before ? { before } : {}),
    ...(after ? { after } : {}),
    ...(score === undefined ? {} : { score }),
    ...(untilMs === undefined ? {} : { until: toIso(untilMs) }),
  };
}
