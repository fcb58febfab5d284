import { getCharacter, requireReceiver } from '#functions/character/public.ts';
import { GameError } from '#shared/contract/errors.ts';
import { mergeChanges } from '#shared/events/changes.ts';
import type { Operation } from '#shared/events/operation.ts';
import type { CharacterId } from '#shared/kernel/ids.ts';
import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { release } from '../contract.ts';
import { endMail } from '../end-mail.ts';
import { codDue, holdsValue, type Mail } from '../mail.ts';
import { forgetSender, sendBack } from '../mail-changes.ts';
import { listIncoming, listSent, type MailPage, readMail } from '../store.ts';

const PAGE = 50;

/**
 * A character is gone for good. What lies in its box goes back to who sent it, or to the sinks; what others still had
 * to pay for goes to the sinks, for nobody could be paid; and its name leaves the mail of others.
 */
export const handler = subscriberHandler(release, async ({ name, data }, { part }) => {
  const characterIds = name === 'CHARACTER_PURGED' ? [data.characterId] : data.characterIds;
  for (const characterId of characterIds) {
    await each(
      (after) => listIncoming(characterId, { limit: PAGE, after }),
      (mail) => part(`box~${mail.mailId}`, (operation) => emptyBox(mail, characterId, operation)),
    );
    await each(
      (after) => listSent(characterId, { limit: PAGE, after }),
      (mail) => part(`sent~${mail.mailId}`, (operation) => forget(mail, characterId, operation)),
    );
  }
});

async function each(
  read: (after: string | undefined) => Promise<MailPage>,
  react: (mail: Mail) => Promise<void>,
): Promise<void> {
  let after: string | undefined;
  do {
    const page = await read(after);
    for (const mail of page.mails) await react(mail);
    after = page.lastSortKey;
  } while (after !== undefined);
}

async function emptyBox(listed: Mail, characterId: CharacterId, operation: Operation): Promise<void> {
  const mail = await readMail(listed.mailId);
  if (mail?.status !== 'OPEN' || mail.owner.characterId !== characterId) return;
  requireSettled(mail);
  const { from } = mail;
  const sender = from && !mail.isReturned && holdsValue(mail) ? await getCharacter(from.characterId) : undefined;
  if (!sender || sender.deletedAtMs !== undefined) {
    await endMail(operation, mail, 'recipient_gone');
    return;
  }
  const isThere = requireReceiver(sender.characterId, new GameError('request.conflict'));
  const back = sendBack(mail, 'recipient_gone', operation.nowMs);
  await operation.commit(mergeChanges(back, { writes: [isThere] }));
}

async function forget(listed: Mail, characterId: CharacterId, operation: Operation): Promise<void> {
  const mail = await readMail(listed.mailId);
  if (mail?.from?.characterId !== characterId) return;
  requireSettled(mail);
  if (mail.status === 'OPEN' && codDue(mail) > 0n) await endMail(operation, mail, 'sender_gone');
  else await operation.commit(forgetSender(mail));
}

/** The settlement ends within minutes; the event comes again before that is over. */
function requireSettled({ settlingId }: Mail): void {
  if (settlingId) throw new GameError('request.conflict');
}
