import { createId } from '#shared/kernel/ids.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { register } from '../contract.ts';
import { requestRegistration } from '../registration.ts';

export const handler = endpointHandler(register, async ({ input, nowMs, commit }) =>
  commit(await requestRegistration({ accountId: createId('acc'), ...input.body, nowMs }), { accepted: true as const }),
);
