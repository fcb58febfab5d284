import { createOperation } from '#shared/events/operation.ts';
import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { settleSession } from '../contract.ts';
import { admitHead } from '../queue.ts';
import { settle } from '../slots.ts';

/** A place that becomes free lets the next in; a few more may have become free at the same moment. */
const ADMITTED_AT_ONCE = 3;

/** Ends the presence of who plays no more, and frees or keeps their place on the realm. */
export const handler = subscriberHandler(settleSession, async (event, { nowMs, commit }) => {
  const { accountId, sessionId, characterId } = event.data;
  if (!characterId) return;
  const { freed, ...changes } = await settle({ accountId, sessionId }, nowMs);
  if (!changes.writes) return;
  await commit(changes);
  if (!freed) return;
  // What this does not get to, the job's next look does.
  const operation = () =>
    createOperation({
      actor: { origin: `subscriber:${settleSession.id}` },
      correlationId: event.correlationId,
      causationId: event.id,
      traceparent: event.traceparent,
    });
  await admitHead(freed, { nowMs, limit: ADMITTED_AT_ONCE, operation });
});
