import { requireActiveSession } from '#functions/session/public.ts';
import { toIso } from '#shared/kernel/clock.ts';
import { config } from '#shared/kernel/config.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { createTicket } from '../contract.ts';
import { issueTicket } from '../public.ts';

export const handler = endpointHandler(createTicket, async ({ actor, nowMs, commit }) => {
  const { ticket, expiresAtMs, write } = issueTicket(actor, { purpose: 'socket' }, nowMs);
  await commit({ writes: [write, requireActiveSession(actor.sessionId)] });
  return { ticket, expiresAt: toIso(expiresAtMs), url: config('PUBLIC_SOCKET_URL') };
});
