import type { CharacterId } from '#shared/kernel/ids.ts';
import { holdsValue, isInBox } from './mail.ts';
import { listBox } from './store.ts';

/** So many of the newest mails are looked at: twice as many as players can send into a box. */
const COUNTED = 200;

/** How many of the newest mails in a box were not read, and how many hold something; up to a second old. */
export async function countsOf(
  characterId: CharacterId,
  nowMs: number,
): Promise<{ readonly unread: number; readonly withAttachments: number }> {
  const { mails } = await listBox(characterId, nowMs, { limit: COUNTED });
  const inBox = mails.filter((mail) => isInBox(mail, characterId, nowMs));
  return {
    unread: inBox.filter(({ readAtMs }) => readAtMs === undefined).length,
    withAttachments: inBox.filter(holdsValue).length,
  };
}
