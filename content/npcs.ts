import { npcKinds } from './data/npcs.ts';
import { lookup } from './lookup.ts';

/** Every kind of NPC. */
export const npcs = lookup('NPC kind', npcKinds);
