import { inventoryKeys } from '#shared/table/keys/inventory.ts';
import { mailKeys } from '#shared/table/keys/mail.ts';
import { vendorKeys } from '#shared/table/keys/vendor.ts';
import type { SeededRandom } from '#shared/testing/seeded-random.ts';
import type { AuctionHouse } from './auction-house.ts';
import { logIn, type Player } from './cast.ts';
import type { Reply, Request, SimulatedClient } from './client.ts';
import type { PreparedWorld } from './prepared-world.ts';
import type { EndpointId } from './routes.ts';
import type { Scheduler } from './scheduler.ts';

/** An item as its player sees it. */
export interface SeenItem {
  readonly itemId: string;
  readonly templateId: string;
  readonly holder: string;
  readonly container?: string;
  readonly slot?: number;
  readonly count: number;
  readonly ver: number;
  readonly durability?: number;
}

export interface SeenMail {
  readonly mailId: string;
  readonly attachments: string;
  readonly money?: string;
  readonly cod?: string;
  readonly codPaidAtMs?: number;
  readonly deliverAtMs: number;
}

/** What operations work with: players, their clients, and a look at the table that is no step. */
export class Stage {
  readonly scheduler: Scheduler;
  readonly random: SeededRandom;
  readonly world: PreparedWorld;
  readonly house: AuctionHouse;
  private readonly client: SimulatedClient;
  private readonly players: Player[];
  /** How many of the players take part. */
  readonly actors: number;

  constructor(of: {
    readonly scheduler: Scheduler;
    readonly random: SeededRandom;
    readonly world: PreparedWorld;
    readonly client: SimulatedClient;
    readonly house: AuctionHouse;
    readonly actors: number;
  }) {
    this.scheduler = of.scheduler;
    this.random = of.random;
    this.world = of.world;
    this.client = of.client;
    this.house = of.house;
    this.players = [...of.world.players];
    this.actors = of.actors;
  }

  player(index: number): Player {
    return this.players[index % this.players.length]!;
  }

  /** Somebody else who takes part. */
  other(index: number): number {
    return (index + this.random.int(1, this.actors - 1)) % this.actors;
  }

  call(
    index: number,
    endpointId: EndpointId,
    request: Omit<Request, 'actor'>,
    otherwise?: Omit<Partial<Request>, 'actor'>,
  ): Promise<Reply | undefined> {
    return this.client.call(endpointId, { actor: this.player(index), ...request }, otherwise);
  }

  callAsStaff(
    endpointId: EndpointId,
    request: Omit<Request, 'actor'>,
    otherwise: Omit<Partial<Request>, 'actor'>,
  ): Promise<Reply | undefined> {
    return this.client.call(endpointId, { actor: this.world.staff, ...request }, otherwise);
  }

  /** A session ends another one of its account. */
  revoke(actor: Player, sessionId: string): Promise<Reply | undefined> {
    return this.client.call('session.revoke-session', { actor, params: { sessionId } });
  }

  /** The player has a new session from now on; the login itself is others' to simulate. */
  async logInAgain(index: number): Promise<void> {
    this.players[index] = await logIn(this.world.fence, this.player(index));
  }

  /** One of them; undefined of none. */
  pick<T>(from: readonly T[]): T | undefined {
    return from.length === 0 ? undefined : this.random.pick(from);
  }

  itemsOf(holder: string): readonly SeenItem[] {
    return this.query<SeenItem>('gsi1', inventoryKeys.item.indexPartition('gsi1', { holder }));
  }

  bag(index: number): readonly SeenItem[] {
    return this.itemsOf(this.player(index).characterId).filter(({ container }) => container === 'bag');
  }

  mails(index: number): readonly SeenMail[] {
    const { characterId } = this.player(index);
    return this.query<SeenMail>('gsi1', mailKeys.mail.indexPartition('gsi1', { characterId })).filter(
      ({ deliverAtMs }) => deliverAtMs <= this.scheduler.nowMs,
    );
  }

  sales(index: number): readonly { readonly itemId: string }[] {
    return this.query(undefined, vendorKeys.sale.partition({ characterId: this.player(index).characterId }));
  }

  lost(index: number): readonly SeenItem[] {
    return this.query<SeenItem>(
      'gsi3',
      inventoryKeys.item.indexPartition('gsi3', { loser: this.player(index).characterId }),
    );
  }

  private query<T>(index: 'gsi1' | 'gsi3' | undefined, partition: string): readonly T[] {
    const { Items } = this.world.memory.execute('Query', {
      TableName: this.world.memory.tableName,
      ...(index ? { IndexName: index } : {}),
      KeyConditionExpression: `${index ?? ''}pk = :pk`,
      ExpressionAttributeValues: { ':pk': partition },
    }) as { Items: readonly T[] };
    return Items;
  }
}

/** Something that a player does, of one or several calls. It picks what it works on itself. */
export interface Act {
  readonly name: string;
  /** The call before which nothing of value is at stake: single faults strike from there on. Unset: from the first. */
  readonly strikesFrom?: EndpointId;
  perform(stage: Stage, me: number): Promise<unknown>;
}
