import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { setPrivacy } from '../contract.ts';
import { putPrivacy } from '../store-choices.ts';

export const handler = endpointHandler(setPrivacy, ({ input, actor, commit }) =>
  commit({ writes: [putPrivacy(actor.accountId, input.body)] }, input.body),
);
