import { toIso } from '#shared/kernel/clock.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { listInvites } from '../contract-invites.ts';
import { isOpen } from '../rules.ts';
import { readInvites } from '../store.ts';

export const handler = endpointHandler(listInvites, async ({ actor, nowMs }) => {
  const { invites } = await readInvites(actor.characterId);
  return {
    invites: invites
      .filter((one) => isOpen(one, nowMs))
      .map(({ partyId, fromCharacterId, fromName, invitedAtMs, expiresAtMs }) => ({
        partyId,
        fromCharacterId,
        fromName,
        invitedAt: toIso(invitedAtMs),
        expiresAt: toIso(expiresAtMs),
      })),
  };
});
