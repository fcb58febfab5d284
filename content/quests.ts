import { cathedralQuests } from './data/quests/cathedral.ts';
import { dockQuests } from './data/quests/docks.ts';
import { terraceQuests } from './data/quests/terraces.ts';
import { lookup } from './lookup.ts';

/** Every quest, in the order in which players meet them. */
export const quests = lookup('quest', [...dockQuests, ...terraceQuests, ...cathedralQuests]);
