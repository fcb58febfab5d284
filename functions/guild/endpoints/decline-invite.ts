import { isOpen, withAnswered } from '#shared/kernel/invites.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { declineInvite } from '../contract-invites.ts';
import { putInvites, readInvites } from '../store-invites.ts';

export const handler = endpointHandler(declineInvite, async ({ input, actor, nowMs, commit, fail }) => {
  const { guildId } = input.params;
  await withConflictRetry(async () => {
    const box = await readInvites(actor.characterId);
    const invited = box.invites.find(({ groupId }) => groupId === guildId);
    if (!invited || !isOpen(invited, nowMs)) throw fail('guild.invite_not_found');
    await commit({ writes: [putInvites(box, withAnswered(box.invites, guildId, nowMs), nowMs)] });
  });
});
