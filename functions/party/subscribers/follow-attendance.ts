import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { attend } from '../attendance.ts';
import { followAttendance } from '../contract.ts';
import { readPartyOf } from '../store.ts';

/**
 * Somebody has come or gone: their party looks at who is there. Only what holds at this moment counts, so that it does
 * not matter in which order the events come.
 */
export const handler = subscriberHandler(followAttendance, async (event, { nowMs, part }) => {
  const { characterId, sessionId } = event.data;
  const hasEnded = event.name === 'SESSION_CLOSED' || event.name === 'SESSION_RESTED';
  const previous = event.name === 'CHARACTER_SWITCHED' ? event.data.previousCharacterId : undefined;
  for (const concerned of [characterId, previous]) {
    if (!concerned || !(await readPartyOf(concerned))) continue;
    await part(concerned, async (operation) => {
      const party = await readPartyOf(concerned);
      if (party) await operation.commit(await attend(party, nowMs, hasEnded ? sessionId : undefined));
    });
  }
});
