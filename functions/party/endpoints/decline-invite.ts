import { getCharacter } from '#functions/character/public.ts';
import { push } from '#shared/events/changes.ts';
import { isOpen, withAnswered } from '#shared/kernel/invites.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { declineInvite } from '../contract-invites.ts';
import { putInvites, readInvites } from '../store.ts';
import { partyEventsTopic } from '../topics.ts';

export const handler = endpointHandler(declineInvite, async ({ input, actor, nowMs, commit, fail }) => {
  const { partyId } = input.params;
  const { characterId } = actor;
  await withConflictRetry(async () => {
    const [box, character] = await Promise.all([readInvites(characterId), getCharacter(characterId)]);
    const invited = box.invites.find(({ groupId }) => groupId === partyId);
    if (!invited || !isOpen(invited, nowMs) || !character) throw fail('party.invite_not_found');
    const { name } = character;
    await commit({
      writes: [putInvites(box, withAnswered(box.invites, partyId, nowMs), nowMs)],
      pushes: [push(partyEventsTopic, { partyId }, { type: 'invite_declined', characterId, name })],
    });
  });
});
