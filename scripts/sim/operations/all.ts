import type { Act } from '../stage.ts';
import { auctionActs } from './auction.ts';
import { custodyActs } from './custody.ts';
import { inventoryActs } from './inventory.ts';
import { mailActs } from './mail.ts';
import { tradeActs } from './trade.ts';
import { vendorActs } from './vendor.ts';
import { worldActs } from './world.ts';

/** Everything that players of the simulation do, and staff to them. */
export const acts: readonly Act[] = [
  ...tradeActs,
  ...mailActs,
  ...vendorActs,
  ...inventoryActs,
  ...worldActs,
  ...auctionActs,
  ...custodyActs,
];

/** @throws RangeError when there is none of this name. */
export function actOf(name: string): Act {
  const found = acts.find((act) => act.name === name);
  if (!found)
    throw new RangeError(`there is no operation ${name}; there are ${acts.map((act) => act.name).join(', ')}`);
  return found;
}
