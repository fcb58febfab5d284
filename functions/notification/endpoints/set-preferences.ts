import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { setPreferences as definition } from '../contract.ts';
import { setPreferences } from '../store.ts';

export const handler = endpointHandler(definition, ({ input, actor, commit }) =>
  commit({ writes: [setPreferences(actor.accountId, input.body)] }, input.body),
);
