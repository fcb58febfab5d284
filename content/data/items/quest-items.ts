import type { ItemTemplate } from '../../schema/item.ts';

function questItem(id: string, name: string, maxStack: number, description: string): ItemTemplate {
  return {
    id,
    name,
    description,
    kind: 'quest',
    quality: 'common',
    slot: null,
    maxStack,
    bind: 'quest',
    uniqueEquipped: false,
    requiredLevel: 1,
    classes: [],
    vendorValue: 0,
    durability: 0,
    stats: {},
    weapon: null,
    use: null,
  };
}

export const questItems: readonly ItemTemplate[] = [
  questItem('drone-memory-core', 'Drone Memory Core', 20, 'Warm, blinking, and full of somebody’s deliveries.'),
  questItem('rustjaw-tally', 'Rustjaw Tally', 20, 'A tooth on a wire. Each one stands for a debt collected.'),
  questItem('tidewatch-warrant', 'Forged Tidewatch Warrant', 10, 'The seal is perfect. The spelling is not.'),
  questItem('foundry-keycard', 'Foundry Keycard', 5, 'Opens a door that was welded shut for a reason.'),
  questItem(
    'combine-ledger-shard',
    'Combine Ledger Shard',
    20,
    'One sliver of an account book that officially does not exist.',
  ),
  questItem('hymn-recording', 'Hymn Recording', 10, 'Seventeen seconds of choral static.'),
];
