import { toIso } from '#shared/kernel/clock.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { decodeCursor, encodeCursor } from '#shared/runtime/page.ts';
import { viewAudit } from '../contract-audit.ts';
import { listRuns, readProgress, type WalkSummary } from '../store-audit.ts';

const SORT_PREFIX = 'RUN#';

export const handler = endpointHandler(viewAudit, async ({ input, nowMs }) => {
  const { limit, cursor } = input.query;
  const before = decodeCursor(cursor, SORT_PREFIX);
  const [{ runs, lastKey }, { version, walk, walked, open }] = await Promise.all([
    listRuns({ limit, before }),
    readProgress(nowMs),
  ]);
  return {
    runs: runs.map(({ atMs, complaints, ...run }) => ({ at: toIso(atMs), complaints: [...complaints], ...run })),
    open: open.map(({ invariant, text, sinceMs }) => ({ invariant, text, since: toIso(sinceMs) })),
    ...(version === 0 ? {} : { walk: shown(walk) }),
    ...(walked ? { lastWalk: shown(walked) } : {}),
    nextCursor: encodeCursor(lastKey),
  };
});

function shown({ number, startedAtMs, endedAtMs, counts }: Omit<WalkSummary, 'endedAtMs'> & { endedAtMs?: number }) {
  return {
    ...{ number, startedAt: toIso(startedAtMs), counts },
    ...(endedAtMs === undefined ? {} : { endedAt: toIso(endedAtMs) }),
  };
}
