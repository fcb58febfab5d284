import { toIso } from '#shared/kernel/clock.ts';
import type { CharacterId } from '#shared/kernel/ids.ts';
import { locales } from '#shared/kernel/locale.ts';
import { listIncoming, listSent } from './store.ts';
import { readTexts } from './store-texts.ts';
import { sentOf, viewOf } from './view.ts';

/** Mails of one character in an export, in each direction: the newest. */
const KEPT = 100;

/** What an account's characters have received and sent, for their player; what is still under way to them is not told. */
export async function exportOf(characterIds: readonly CharacterId[], nowMs: number): Promise<object> {
  const characters = characterIds.map(async (characterId) => {
    const [box, sent] = await Promise.all([
      listIncoming(characterId, { limit: KEPT }),
      listSent(characterId, { limit: KEPT }),
    ]);
    const [received, written] = await Promise.all([readTexts(box.mails), readTexts(sent.mails)]);
    return {
      characterId,
      received: box.mails
        .filter(({ deliverAtMs }) => deliverAtMs <= nowMs)
        .map((mail) => ({
          ...viewOf(mail, locales[0], received.get(mail.mailId) ?? ''),
          ...(mail.readAtMs === undefined ? {} : { readAt: toIso(mail.readAtMs) }),
        })),
      sent: sent.mails.map((mail) => ({ ...sentOf(mail, locales[0], nowMs), body: written.get(mail.mailId) ?? '' })),
    };
  });
  return { characters: await Promise.all(characters) };
}
