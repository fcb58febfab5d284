import { REALM_TIME_ZONE } from '#content/realm-clock.ts';
import { getCharacter } from '#functions/character/public.ts';
import type { ItemLeg } from '#functions/inventory/public.ts';
import { settle, settling } from '#functions/settlement/public.ts';
import { GameError } from '#shared/contract/errors.ts';
import { type AccountId, deriveId, type ItemId, type MailId } from '#shared/kernel/ids.ts';
import { formatAmount, parseAmount } from '#shared/kernel/money.ts';
import { periodKey } from '#shared/kernel/period-key.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { stepUpWhere } from '#shared/runtime/step-up-guard.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { send } from '../contract.ts';
import type { Owner } from '../mail.ts';
import { sendingLegs } from '../money.ts';
import { findRecipients, recipientChecks, requireAdmitted } from '../recipients.ts';
import { mailRules, postageOf, requireRecipients, requireSendable, timesOf } from '../rules.ts';
import { mailSending } from '../settlement.ts';
import { countSent, takePlace } from '../store-counters.ts';
import { cleanLetter } from '../text.ts';
import { type Valued, valued } from '../worth.ts';

/** Everything that can be refused is refused before postage is paid; the settlement's beginning asks it all again. */
export const handler = endpointHandler(
  send,
  async ({ input, actor, nowMs, operation, fail }) => {
    const { accountId, characterId } = actor;
    const { to, items, subject, body } = input.body;
    const [money, cod] = [parseAmount(input.body.money ?? '0'), parseAmount(input.body.cod ?? '0')];
    const letter = cleanLetter({ subject, body });
    requireSendable({ itemIds: items.map(({ itemId }) => itemId), money, cod }, to.length);
    const sender = await getCharacter(characterId);
    if (!sender) throw fail('auth.no_character');
    const recipients = await findRecipients(to, sender);
    requireRecipients(
      characterId,
      recipients.map((recipient) => recipient.characterId),
    );
    await requireAdmitted(recipients, accountId);

    const isForOthers = recipients.some((recipient) => recipient.accountId !== accountId);
    const postage = postageOf({ recipients: to.length, attachments: items.length });
    const day = periodKey('daily', REALM_TIME_ZONE, nowMs);
    const from = { accountId, characterId, name: sender.name };
    const hasValue = items.length > 0 || money > 0n;
    const addressed = recipients.map((recipient, index) => ({
      ...recipient,
      mailId: deriveId('mal', operation.transactionId, index),
      ...timesOf({ from: accountId, to: recipient.accountId, hasValue, hasCod: cod > 0n }, nowMs),
    }));
    return withConflictRetry(async () => {
      const { worth, versions } = isForOthers ? await valued({ from: characterId, items, money }) : unvalued;
      const proof = await stepUpWhere(worth > mailRules.stepUpAboveMinor, actor, nowMs);
      const settled = settle(operation, {
        settlement: mailSending,
        context: {
          from,
          to: addressed,
          ...letter,
          money: formatAmount(money),
          cod: formatAmount(cod),
          postage: formatAmount(postage),
          sentAtMs: nowMs,
          day,
        },
        reason: 'mail-send',
        items: items.map((item) => ({ ...attach(item, from, addressed[0]!), ver: versions.get(item.itemId) })),
        money: sendingLegs(from, { postage, money }),
        prepare: {
          writes: [
            ...proof,
            ...recipientChecks(recipients, accountId),
            ...recipients.map(takePlace),
            countSent(accountId, day, recipients.length, nowMs),
          ],
        },
      });
      return settled.catch((error: unknown) => {
        throw isAnotherStack(error) ? new GameError('request.conflict', {}, { cause: error }) : error;
      });
    });
  },
  settling(mailSending),
);

/** What goes to own characters is not asked about. */
const unvalued: Valued = { worth: 0n, versions: new Map() };

/** A stack has changed since it was valued: then it is valued anew. */
function isAnotherStack(error: unknown): boolean {
  return error instanceof GameError && error.code === 'inventory.item_changed';
}

function attach(
  { itemId, count }: { readonly itemId: ItemId; readonly count?: number | undefined },
  from: Owner,
  to: { readonly accountId: AccountId; readonly mailId: MailId },
): Extract<ItemLeg, { readonly kind: 'move' }> {
  return {
    kind: 'move',
    itemId,
    ...(count === undefined ? {} : { count }),
    from: from.characterId,
    bound: from.accountId === to.accountId ? 'own-account' : 'refuse',
    mustLast: true,
    destination: { to: 'mail', mailId: to.mailId },
  };
}
