import { classAbilities } from './data/abilities/class-abilities.ts';
import { npcAbilities } from './data/abilities/npc-abilities.ts';
import { lookup } from './lookup.ts';

/** Every ability, of classes and of NPCs. */
export const abilities = lookup('ability', [...classAbilities, ...npcAbilities]);
