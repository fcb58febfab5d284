import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { erasePersonalData } from '../contract.ts';
import { closeAllSessions } from '../public.ts';
import { freeSlot } from '../slots.ts';
import { anonymize, listPastSessions } from '../store.ts';
import { deletePresence, getPresence } from '../store-presence.ts';
import { deleteEntry, getQueued } from '../store-queue.ts';
import { getSlot } from '../store-slots.ts';

const PAGE = 100;

/** Ends what is still open, takes names of devices from what is closed, and forgets presence, place and queue. */
export const handler = subscriberHandler(
  erasePersonalData,
  async ({ data: { accountId } }, { nowMs, part, commit }) => {
    await part('close', async (operation) => {
      await operation.commit(await closeAllSessions(accountId, 'account_deleted', nowMs));
    });
    const forget: Record<string, () => Promise<Parameters<typeof commit>[0]>> = {
      presence: async () => {
        const presence = await getPresence(accountId);
        return presence ? { writes: [deletePresence(presence)] } : {};
      },
      queue: async () => {
        const queued = await getQueued(accountId);
        return queued ? { writes: deleteEntry({ accountId, ...queued }) } : {};
      },
      slot: async () => {
        const slot = await getSlot(accountId);
        return slot ? freeSlot(slot) : {};
      },
    };
    for (const [name, changes] of Object.entries(forget)) {
      await part(name, async (operation) => {
        await operation.commit(await changes());
      });
    }
    // Those that are done leave the list, so a repetition goes on where this one ended. The index lags: what it still
    // shows is anonymized once more, and what it does not show yet keeps the event coming back.
    for (let past = await listPastSessions(accountId, PAGE); past.length > 0; ) {
      for (const session of past) await anonymize(session);
      const next = await listPastSessions(accountId, PAGE);
      past = next.filter(({ sessionId }) => !past.some((done) => done.sessionId === sessionId));
    }
    await commit({});
  },
);
