import { GameError } from '#shared/contract/errors.ts';
import { DAY_MS, ttlSeconds } from '#shared/kernel/clock.ts';
import type { AccountId, CharacterId } from '#shared/kernel/ids.ts';
import { tableDefinition } from '#shared/table/definition.ts';
import { mailKeys } from '#shared/table/keys/mail.ts';
import { tableName } from '#shared/table/table.ts';
import { guarded, type TransactAction, type Write } from '#shared/table/write.ts';
import { mailRules } from './rules.ts';

/** A day's counter outlives its day, wherever on earth that ends. */
const DAY_KEPT_MS = 3 * DAY_MS;

interface Counter {
  readonly key: { readonly pk: string; readonly sk: string };
  readonly entity: string;
  readonly names: Readonly<Record<string, string | number>>;
}

/** Adds to a counter; with a limit given, only while the sum stays within it. */
function count({ key, entity, names }: Counter, by: number, limit?: number): TransactAction {
  const values = { ...names, [tableDefinition.entityAttribute]: entity };
  const entries = Object.entries(values);
  return {
    params: () => ({
      Update: {
        TableName: tableName(),
        Key: key,
        UpdateExpression: `SET ${entries.map((_entry, index) => `#n${index} = :v${index}`).join(', ')} ADD #count :by`,
        ...(limit === undefined ? {} : { ConditionExpression: 'attribute_not_exists(#count) OR #count <= :room' }),
        ExpressionAttributeNames: {
          '#count': 'count',
          ...Object.fromEntries(entries.map(([name], index) => [`#n${index}`, name])),
        },
        ExpressionAttributeValues: {
          ':by': by,
          ...(limit === undefined ? {} : { ':room': limit - by }),
          ...Object.fromEntries(entries.map(([, value], index) => [`:v${index}`, value])),
        },
      },
    }),
  };
}

function boxCounter(characterId: CharacterId): Counter {
  return { key: mailKeys.box.primary({ characterId }), entity: 'MailBox', names: { characterId } };
}

/** Takes a place in a box, or refuses with `mail.box_full`. */
export function takePlace(recipient: { readonly characterId: CharacterId; readonly name: string }): Write {
  const refusal = new GameError('mail.box_full', { name: recipient.name });
  return guarded(count(boxCounter(recipient.characterId), 1, mailRules.box), refusal);
}

/** Frees a place. */
export function freePlace(characterId: CharacterId): Write {
  return count(boxCounter(characterId), -1);
}

function dayCounter(accountId: AccountId, day: string, nowMs: number): Counter {
  const expiry = { [tableDefinition.ttlAttribute]: ttlSeconds(nowMs + DAY_KEPT_MS) };
  return { key: mailKeys.day.primary({ accountId, day }), entity: 'MailDay', names: { accountId, day, ...expiry } };
}

/** Counts mails of a day, or refuses with `mail.too_many_today`. */
export function countSent(accountId: AccountId, day: string, mails: number, nowMs: number): Write {
  const refusal = new GameError('mail.too_many_today', { limit: mailRules.sendsPerDay });
  return guarded(count(dayCounter(accountId, day, nowMs), mails, mailRules.sendsPerDay), refusal);
}

/** Takes the count of mails back that were not sent after all. */
export function uncountSent(accountId: AccountId, day: string, mails: number, nowMs: number): Write {
  return count(dayCounter(accountId, day, nowMs), -mails);
}
