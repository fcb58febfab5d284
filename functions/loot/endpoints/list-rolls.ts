import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { listRolls } from '../contract.ts';
import { listCalled } from '../store-rolls.ts';
import { rollView } from '../view.ts';

export const handler = endpointHandler(listRolls, async ({ actor, nowMs }) => {
  const rolls = await listCalled(actor.characterId, nowMs);
  const open = rolls.filter(({ state, closesAtMs }) => state === 'OPEN' && closesAtMs > nowMs);
  return { rolls: open.map((roll) => rollView(roll, actor.characterId)) };
});
