import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { erasePersonalData } from '../contract.ts';
import { deleteChoices } from '../store-choices.ts';

/** The account itself is a tombstone already; this is what hung on it. The audit stays: it names nobody. */
export const handler = subscriberHandler(erasePersonalData, async ({ data: { accountId } }, { part }) => {
  // From the last: what is left after a failure then begins as it did, and has the same numbers.
  for (const [index, writes] of [...(await deleteChoices(accountId)).entries()].reverse()) {
    await part(String(index), async ({ commit }) => {
      await commit({ writes });
    });
  }
});
