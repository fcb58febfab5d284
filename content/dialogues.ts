import { dockDialogues } from './data/dialogues/docks.ts';
import { terraceDialogues } from './data/dialogues/terraces.ts';
import { lookup } from './lookup.ts';

/** What quest givers say, by the id of the quest. */
export const dialogues = lookup('dialogue', [...dockDialogues, ...terraceDialogues]);
