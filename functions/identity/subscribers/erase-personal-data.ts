import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { erasePersonalData } from '../contract.ts';
import { deleteClaim, deleteIdentities, getIdentities } from '../store.ts';
import { deleteGuest, getGuest } from '../store-guests.ts';

/** An identity that is erased is a stranger's when it comes back. */
export const handler = subscriberHandler(erasePersonalData, async ({ data: { accountId } }, { commit }) => {
  const [identities, guest] = await Promise.all([getIdentities(accountId), getGuest(accountId)]);
  await commit({
    writes: [
      ...identities.linked.map(({ subjectHash }) => deleteClaim(subjectHash, accountId)),
      ...(identities.version > 0 ? [deleteIdentities(identities)] : []),
      ...(guest ? deleteGuest(guest) : []),
    ],
  });
});
