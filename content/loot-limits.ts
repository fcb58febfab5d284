/** Most loot slots that a corpse may hold. */
export const MAX_LOOT_SLOTS = 16;
