import type { Quality } from '../../quality.ts';
import type { ItemTemplate } from '../../schema/item.ts';

function material(id: string, name: string, quality: Quality, value: number, description: string): ItemTemplate {
  return {
    id,
    name,
    description,
    kind: 'material',
    quality,
    slot: null,
    maxStack: 100,
    bind: 'none',
    uniqueEquipped: false,
    requiredLevel: 1,
    classes: [],
    vendorValue: value,
    durability: 0,
    stats: {},
    weapon: null,
    use: null,
  };
}

export const materials: readonly ItemTemplate[] = [
  material('scrap-alloy', 'Scrap Alloy', 'common', 1, 'Bent, corroded, wanted everywhere.'),
  material('copper-braid', 'Copper Braid', 'common', 2, 'Pulled from walls that are still using it.'),
  material('polymer-resin', 'Polymer Resin', 'common', 2, 'A jar of future things.'),
  material('salt-crystal', 'Salt Crystal', 'common', 1, 'Grown on every pipe in Saltglass.'),
  material('servo-joint', 'Servo Joint', 'uncommon', 8, 'Still twitches when held near a battery.'),
  material('logic-wafer', 'Logic Wafer', 'uncommon', 10, 'Forty layers, thirty-nine of them documented.'),
  material('coolant-flask', 'Coolant Flask', 'uncommon', 9, 'Do not confuse with the other blue drink.'),
  material('ceramic-plate', 'Ceramic Plate', 'uncommon', 11, 'Terrace-fired and shock-proof.'),
  material('optic-bundle', 'Optic Bundle', 'rare', 30, 'A fistful of captured daylight.'),
  material('fusion-bead', 'Fusion Bead', 'rare', 42, 'Warm to the touch. Always.'),
  material('choir-fragment', 'Choir Fragment', 'epic', 140, 'A piece of a mind that was larger than its building.'),
];
