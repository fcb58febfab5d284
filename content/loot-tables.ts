import { lootTableRows } from './data/loot-tables.ts';
import { lookup } from './lookup.ts';

/** Every loot table. */
export const lootTables = lookup('loot table', lootTableRows);
