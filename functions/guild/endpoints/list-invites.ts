import { toIso } from '#shared/kernel/clock.ts';
import { isOpen } from '#shared/kernel/invites.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { listInvites } from '../contract-invites.ts';
import { readInvites } from '../store-invites.ts';

export const handler = endpointHandler(listInvites, async ({ actor, nowMs }) => {
  const { invites } = await readInvites(actor.characterId);
  return {
    invites: invites
      .filter((one) => isOpen(one, nowMs))
      .map(({ groupId, guildName, fromCharacterId, fromName, invitedAtMs, expiresAtMs }) => ({
        guildId: groupId,
        guildName,
        fromCharacterId,
        fromName,
        invitedAt: toIso(invitedAtMs),
        expiresAt: toIso(expiresAtMs),
      })),
  };
});
