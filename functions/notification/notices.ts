import { achievements } from '#content/achievements.ts';
import { currencies } from '#content/currencies.ts';
import { items } from '#content/items.ts';
import { quests } from '#content/quests.ts';
import type { SubscribedEvent } from '#shared/contract/subscriber.ts';
import type { AccountId } from '#shared/kernel/ids.ts';
import type { notify } from './contract.ts';
import type { Notice } from './rules.ts';

/** So many things are named; of more it is said how many. */
const NAMED = 2;
/** Longest value of a notification. */
const VALUE_LENGTH = 80;
/** What a name stands for that nobody has given. */
const SOMEBODY = 'A player';

/** What a player is told of an event, if anything. */
export function noticeOf(event: SubscribedEvent<typeof notify>): Notice | undefined {
  switch (event.name) {
    case 'QUEST_COMPLETED': {
      const { accountId, questId } = event.data;
      const quest = quests.find(questId)?.name ?? questId;
      return { accountId, code: 'quest.completed', params: { quest }, ref: { kind: 'quest', id: questId } };
    }
    case 'LEVEL_UP': {
      const { accountId, characterId, level } = event.data;
      return {
        accountId,
        code: 'progression.level_up',
        params: { level },
        ref: { kind: 'character', id: characterId },
      };
    }
    case 'ACHIEVEMENT_UNLOCKED': {
      const { accountId, achievementId } = event.data;
      const achievement = achievements.find(achievementId)?.name ?? achievementId;
      return {
        accountId,
        code: 'achievement.unlocked',
        params: { achievement },
        ref: { kind: 'achievement', id: achievementId },
      };
    }
    case 'ITEM_PICKED_UP': {
      const { accountId, itemId, templateId, quality, putDown } = event.data;
      if (quality !== 'legendary' || putDown) return undefined;
      const template = items.find(templateId);
      return {
        accountId,
        code: 'loot.legendary_acquired',
        params: { kind: template?.kind ?? 'item', item: template?.name ?? templateId },
        ref: { kind: 'item', id: itemId },
      };
    }
    case 'FRIEND_REQUEST_SENT': {
      const { fromAccountId, toAccountId, fromName } = event.data;
      return friendNotice(toAccountId, 'friend.request_received', fromAccountId, fromName);
    }
    case 'FRIEND_REQUEST_ACCEPTED': {
      const { fromAccountId, toAccountId, toName } = event.data;
      return friendNotice(fromAccountId, 'friend.request_accepted', toAccountId, toName);
    }
    case 'PARTY_INVITE_SENT': {
      const { partyId, fromName, to, expiresAt } = event.data;
      return {
        accountId: to.accountId,
        code: 'party.invited',
        params: { name: fromName },
        ref: { kind: 'party', id: partyId },
        // It can be answered for a minute: of no use to who comes later.
        transient: true,
        expiresAtMs: Date.parse(expiresAt),
      };
    }
    case 'GUILD_INVITE_SENT': {
      const { guildId, guildName, isCharter, fromName, to, expiresAt } = event.data;
      return {
        accountId: to.accountId,
        code: isCharter ? 'guild.charter_offered' : 'guild.invited',
        params: { name: fromName, guild: guildName },
        ref: { kind: 'guild', id: guildId },
        // One entry per guild: asking again does not fill the list.
        dedupeKey: `guild~${guildId}`,
        expiresAtMs: Date.parse(expiresAt),
      };
    }
    case 'MAIL_RETURNED': {
      const { mailId, to } = event.data;
      return { accountId: to.accountId, code: 'mail.returned', params: {}, ref: { kind: 'mail', id: mailId } };
    }
    case 'VALUE_CLAWED_BACK':
      return staffNotice('custody.clawed_back', event.data);
    case 'VALUE_GRANTED':
      return staffNotice('custody.granted', event.data);
    case 'MAIL_EXPIRED': {
      const { mailId, owner, reason, items, money } = event.data;
      if (reason !== 'expired' || (items.length === 0 && !money)) return undefined;
      return { accountId: owner.accountId, code: 'mail.expired', params: {}, ref: { kind: 'mail', id: mailId } };
    }
  }
}

/** Who of the staff it was, and why, stays with them. */
function staffNotice(
  code: 'custody.clawed_back' | 'custody.granted',
  {
    accountId,
    characterId,
    items: things,
    money,
  }: {
    readonly accountId: AccountId;
    readonly characterId: string;
    readonly items: readonly { readonly templateId: string; readonly count: number }[];
    readonly money: readonly { readonly currency: string; readonly amount: string }[];
  },
): Notice {
  const all = [
    ...things.map(({ templateId, count }) => `${items.find(templateId)?.name ?? templateId} ×${count}`),
    ...money.map(({ currency, amount }) => `${amount} ${currencies.find(currency)?.name ?? currency}`),
  ];
  const more = all.length > NAMED ? ` and ${all.length - NAMED} more` : '';
  const what =
    all
      .slice(0, NAMED)
      .join(', ')
      .slice(0, VALUE_LENGTH - more.length) + more;
  return { accountId, code, params: { what }, ref: { kind: 'character', id: characterId } };
}

function friendNotice(
  accountId: AccountId,
  code: 'friend.request_received' | 'friend.request_accepted',
  otherId: AccountId,
  name: string = SOMEBODY,
): Notice {
  // One entry per other player: asking again and again does not fill the list.
  return { accountId, code, params: { name }, ref: { kind: 'account', id: otherId }, dedupeKey: `friend~${otherId}` };
}
