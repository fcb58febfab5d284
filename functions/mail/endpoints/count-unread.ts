import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { countUnread } from '../contract.ts';
import { countsOf } from '../counts.ts';

export const handler = endpointHandler(countUnread, ({ actor, nowMs }) => countsOf(actor.characterId, nowMs));
