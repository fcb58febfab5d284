import { SECOND_MS, toIso } from '#shared/kernel/clock.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { heartbeat } from '../contract.ts';
import { getActiveSession } from '../public.ts';
import { sessionLimits } from '../rules.ts';
import { recordBeat } from '../store.ts';

export const handler = endpointHandler(heartbeat, async ({ actor, nowMs, fail }) => {
  if (!(await getActiveSession(actor.sessionId))) throw fail('auth.session_ended');
  await recordBeat(actor.sessionId, nowMs);
  return { serverTime: toIso(nowMs), nextInSeconds: sessionLimits.heartbeatMs / SECOND_MS };
});
