import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { erasePersonalData } from '../contract.ts';
import { eraseWrites } from '../store.ts';

/** List, marker and preferences of an account that is gone. */
export const handler = subscriberHandler(erasePersonalData, async ({ data: { accountId } }, { part }) => {
  for (let page = await eraseWrites(accountId); page; page = await eraseWrites(accountId)) {
    const { name, writes } = page;
    await part(name, async ({ commit }) => {
      await commit({ writes });
    });
  }
});
