import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { getProgression } from '../contract.ts';
import { readProgression } from '../store.ts';
import { viewOf } from '../view.ts';

export const handler = endpointHandler(getProgression, async ({ actor, nowMs, fail }) => {
  const progression = await readProgression(actor.characterId);
  if (!progression) throw fail('progression.not_found');
  return viewOf(progression, nowMs);
});
