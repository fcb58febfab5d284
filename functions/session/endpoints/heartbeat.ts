import { GameError } from '#shared/contract/errors.ts';
import { SECOND_MS, toIso } from '#shared/kernel/clock.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { heartbeat } from '../contract.ts';
import { begun, changePresence } from '../presence.ts';
import { afterBeat, noPresence, presenceLimits } from '../presence-rules.ts';
import { getActiveSession } from '../public.ts';
import { sessionLimits } from '../rules.ts';
import { recordBeat } from '../store-beats.ts';
import { getPresence, renewPresence } from '../store-presence.ts';

/** One plain write as a rule; a transaction when it brings somebody back or changes what others see. */
export const handler = endpointHandler(heartbeat, ({ input, actor, nowMs, commit, fail }) =>
  withConflictRetry(async () => {
    const { accountId, sessionId } = actor;
    const { active, visibility } = input.body;
    const [session, stored] = await Promise.all([getActiveSession(sessionId), getPresence(accountId)]);
    if (!session) throw fail('auth.session_ended');
    const seen = stored ?? noPresence(accountId);
    const { characterId } = session;
    if (!characterId) {
      await recordBeat(sessionId, nowMs);
      if (visibility && visibility !== seen.visibility) await commit(changePresence(seen, { ...seen, visibility }));
      return reply(nowMs, { everyMs: sessionLimits.restingBeatMs, resumed: false });
    }
    const isOwn = seen.sessionId === sessionId && seen.state !== 'OFFLINE';
    // A session that plays without a presence of its own gets one.
    const next = afterBeat(isOwn ? seen : begun(seen, { sessionId, characterId }, nowMs), {
      active,
      visibility,
      nowMs,
    });
    if (!next) throw fail('auth.session_ended');
    if (isOwn && next.state === seen.state && next.visibility === seen.visibility) {
      if (!(await renewPresence(next))) throw new GameError('request.conflict');
    } else {
      await commit(changePresence(seen, next));
    }
    return reply(nowMs, { everyMs: presenceLimits.beatMs, resumed: isOwn && seen.state === 'DISCONNECTED' });
  }),
);

function reply(nowMs: number, { everyMs, resumed }: { everyMs: number; resumed: boolean }) {
  return { serverTime: toIso(nowMs), nextInSeconds: everyMs / SECOND_MS, resumed };
}
