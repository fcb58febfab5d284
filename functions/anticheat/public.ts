import { CHEAT_SUSPECTED } from '#events/anticheat.ts';
import { evict, presenceOf, requireOwner, type ZoneFence, zoneOperation } from '#functions/zone/public.ts';
import type { CheatCheck } from '#shared/contract/cheat-checks.ts';
import { event, mergeChanges } from '#shared/events/changes.ts';
import { toIso } from '#shared/kernel/clock.ts';
import { systemRandom } from '#shared/kernel/random.ts';
import { zoneOf } from '#shared/kernel/zone-unit.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import type { CheatCase, Noticed, SuspicionReport } from './case.ts';
import { accuse, caseLimits, scoreAt, withSamples } from './rules.ts';
import { caseWrite, evidenceWrite, hasReport, readCase, readEvidence, reportWrite } from './store.ts';

export type { Noticed, SuspicionReport };

/**
 * Counts what a zone has noticed of a character against its account, in one commit under the zone's fence: report, case,
 * evidence, what is told of it, and the order to put the character out. The same (unit, epoch, reportSeq) again changes
 * nothing.
 * @throws GameError `zone.fenced` when the caller lost the zone.
 */
export async function reportSuspicion(fence: ZoneFence, report: SuspicionReport): Promise<void> {
  const { accountId, characterId, atMs } = report;
  const { zoneId: unitId, epoch } = fence;
  const reportId = `${unitId}.${epoch}.${report.reportSeq}`;
  const { reportSeq: _seq, ...what } = report;
  await withConflictRetry(async () => {
    const [isKnown, before, evidence] = await Promise.all([
      hasReport({ accountId, characterId, atMs, reportId, unitId }),
      readCase(accountId),
      readEvidence(accountId),
    ]);
    if (isKnown) return;
    const operation = zoneOperation(reportId);
    const { after: accused, isTold, wantsKick } = accuse(before, report);
    const kick = wantsKick ? await kickOrder(fence, report, operation.nowMs) : undefined;
    const after: CheatCase = kick ? { ...accused, kickAtMs: kick.atMs } : accused;
    await operation.commit(
      mergeChanges(
        {
          writes: [
            requireOwner(fence),
            reportWrite({ ...what, reportId, unitId }),
            caseWrite(after, before),
            evidenceWrite(after, withSamples(evidence, report, unitId)),
          ],
        },
        kick?.changes ?? {},
        isTold ? { events: [suspected(after, fence, kick?.atMs)] } : {},
      ),
    );
  });
}

/** The order to put the character out of its zone after a random while; undefined: it is in none, or in another. */
async function kickOrder({ zoneId, epoch }: ZoneFence, { characterId }: SuspicionReport, nowMs: number) {
  const presence = await presenceOf(characterId);
  if (presence?.zoneId !== zoneId || presence.epoch !== epoch) return undefined;
  const { min, max } = caseLimits.kickDelayMs;
  const atMs = nowMs + systemRandom.int(min, max);
  return { atMs, changes: evict(presence, 'kicked', nowMs, atMs) };
}

function suspected(after: CheatCase, { zoneId, epoch }: ZoneFence, kickAtMs: number | undefined) {
  const { accountId, characterId, level, urgentSinceMs, version, findings, atMs } = after;
  const checks = (Object.keys(findings) as CheatCheck[]).sort((a, b) => findings[b]!.weight - findings[a]!.weight);
  return event(CHEAT_SUSPECTED, {
    aggregateId: accountId,
    aggregateSeq: version,
    data: {
      ...{ accountId, characterId, epoch, level, checks },
      isUrgent: urgentSinceMs !== undefined,
      zoneId: zoneOf(zoneId),
      score: Math.floor(scoreAt(after, atMs)),
      ...(kickAtMs === undefined ? {} : { kickAt: toIso(kickAtMs) }),
    },
  });
}
