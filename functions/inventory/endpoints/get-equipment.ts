import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { getEquipment } from '../contract-equipment.ts';
import { readGear } from '../equipment.ts';
import { wornSlots } from '../rules.ts';
import { viewOf } from '../view.ts';

export const handler = endpointHandler(getEquipment, async ({ actor, nowMs }) => {
  const { worn, gear } = await readGear(actor.characterId, nowMs);
  return { slots: [...wornSlots], worn: worn.map(viewOf), gear };
});
