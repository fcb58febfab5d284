import { Entity } from 'dynamodb-toolbox/entity';
import { DeleteItemCommand } from 'dynamodb-toolbox/entity/actions/delete';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { item } from 'dynamodb-toolbox/schema/item';
import { list } from 'dynamodb-toolbox/schema/list';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import type { Role } from '#shared/contract/endpoint.ts';
import { HOUR_MS, ttlSeconds } from '#shared/kernel/clock.ts';
import type { AccountId, CharacterId, SessionId } from '#shared/kernel/ids.ts';
import { isConditionFailed } from '#shared/table/condition-failed.ts';
import { authKeys } from '#shared/table/keys/auth.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import type { Write } from '#shared/table/write.ts';

const TicketEntity = new Entity({
  ...entityDefaults,
  name: 'Ticket',
  table,
  schema: item({
    ticketHash: string().key(),
    purpose: string().enum('socket', 'zone'),
    accountId: string(),
    sessionId: string(),
    roles: list(string()),
    characterId: string().optional(),
    zoneId: string().optional(),
    presenceVer: number().optional(),
    expiresAtMs: number(),
    ttl: number(),
  }),
  computeKey: authKeys.ticket.primary,
});

export interface Ticket {
  readonly ticketHash: string;
  readonly purpose: 'socket' | 'zone';
  readonly accountId: AccountId;
  readonly sessionId: SessionId;
  readonly roles: readonly Role[];
  readonly characterId?: CharacterId | undefined;
  readonly zoneId?: string | undefined;
  readonly presenceVer?: number | undefined;
  readonly expiresAtMs: number;
}

export function putTicket(ticket: Ticket): Write {
  return TicketEntity.build(PutTransaction).item({
    ...ticket,
    roles: [...ticket.roles],
    ttl: ttlSeconds(ticket.expiresAtMs + HOUR_MS),
  });
}

/** Takes the ticket out of the table; undefined unless it is there, current and for this. Works once. */
export async function takeTicket(
  ticketHash: string,
  use: { readonly purpose: Ticket['purpose']; readonly zoneIds?: readonly string[]; readonly nowMs: number },
): Promise<Ticket | undefined> {
  try {
    const { Attributes } = await TicketEntity.build(DeleteItemCommand)
      .key({ ticketHash })
      .options({
        returnValues: 'ALL_OLD',
        condition: {
          and: [
            { attr: 'purpose', eq: use.purpose },
            { attr: 'expiresAtMs', gt: use.nowMs },
            ...(use.zoneIds ? [{ attr: 'zoneId' as const, in: [...use.zoneIds] }] : []),
          ],
        },
      })
      .send();
    return Attributes as Ticket | undefined;
  } catch (error) {
    if (isConditionFailed(error)) return undefined;
    throw error;
  }
}
