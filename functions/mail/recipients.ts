import type * as z from 'zod';
import { admits, privacyOf } from '#functions/account/public.ts';
import { type Character, findByName, getCharacter, requireReceiver } from '#functions/character/public.ts';
import { areFriends, requireUnblocked } from '#functions/friend/public.ts';
import { GameError } from '#shared/contract/errors.ts';
import type { AccountId } from '#shared/kernel/ids.ts';
import type { Write } from '#shared/table/write.ts';
import type { Sender } from './mail.ts';
import type { Recipient } from './shapes.ts';

type Wanted = z.output<typeof Recipient>;

/** Who is not there, who wants nothing from the sender, and whom the sender may not reach all look alike. */
function notFound(wanted: { readonly name?: string; readonly characterId?: string }): GameError {
  return new GameError('mail.recipient_not_found', { ...wanted });
}

/**
 * The characters that a mail goes to, in the order asked for: those of the sender's realm.
 * @throws GameError `mail.recipient_not_found`
 */
export async function findRecipients(wanted: readonly Wanted[], sender: Character): Promise<readonly Sender[]> {
  return Promise.all(wanted.map((one) => findRecipient(one, sender)));
}

async function findRecipient(wanted: Wanted, sender: Character): Promise<Sender> {
  if ('characterName' in wanted) {
    const found = await findByName(wanted.characterName, sender.realmId);
    if (!found) throw notFound({ name: wanted.characterName });
    return found;
  }
  const character = await getCharacter(wanted.characterId);
  if (!character || character.realmId !== sender.realmId || character.deletedAtMs !== undefined) {
    throw notFound(wanted);
  }
  const { accountId, characterId, name } = character;
  return { accountId, characterId, name };
}

/**
 * Refuses who takes no mail from the sender by their own choice. A player's own characters do.
 * @throws GameError `mail.recipient_not_found`
 */
export async function requireAdmitted(recipients: readonly Sender[], senderAccountId: AccountId): Promise<void> {
  const others = recipients.filter(({ accountId }) => accountId !== senderAccountId);
  const privacies = await privacyOf(others.map(({ accountId }) => accountId));
  await Promise.all(
    others.map(async ({ accountId, name }, index) => {
      const { mail } = privacies[index]!;
      const isFriend = mail === 'friends' && (await areFriends(accountId, senderAccountId));
      if (!admits(mail, isFriend)) throw notFound({ name });
    }),
  );
}

/** Conditions of a mail: its recipients are still there, and none has blocked the sender, one for each row. */
export function recipientChecks(recipients: readonly Sender[], senderAccountId: AccountId): readonly Write[] {
  const byAccount = new Map(recipients.map((recipient) => [recipient.accountId, recipient]));
  byAccount.delete(senderAccountId);
  return [
    ...recipients.map(({ characterId, name }) => requireReceiver(characterId, notFound({ name }))),
    ...[...byAccount.values()].map(({ accountId, name }) =>
      requireUnblocked(accountId, senderAccountId, notFound({ name })),
    ),
  ];
}
