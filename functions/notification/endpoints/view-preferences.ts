import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { viewPreferences } from '../contract.ts';
import { getBox } from '../store.ts';

export const handler = endpointHandler(
  viewPreferences,
  async ({ actor }) => (await getBox(actor.accountId)).preferences,
);
