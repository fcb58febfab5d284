import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { countEvents } from '../contract.ts';
import { addOne } from '../store.ts';

/** Counts an event on the day on which it happened, also when it arrives later. */
export const handler = subscriberHandler(countEvents, async ({ id, name, occurredAt }, { commit }) => {
  await commit({ writes: [addOne({ id, name, day: occurredAt.slice(0, 10) })] });
});
