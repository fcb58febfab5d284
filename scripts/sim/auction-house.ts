import { settlementPorts } from '#functions/settlement/public.ts';
import { GameError } from '#shared/contract/errors.ts';
import { createOperation } from '#shared/events/operation.ts';
import { withBoundedRetry } from '#shared/kernel/bounded-retry.ts';
import { createId, deriveId, type TransactionId } from '#shared/kernel/ids.ts';
import { step } from '#shared/kernel/step.ts';
import {
  type HoldRequest,
  type LedgerDecision,
  ledger,
  type PostRequest,
  type ReplaceHoldRequest,
  type ReverseRequest,
  type VoidRequest,
} from '#shared/ledger/ledger.ts';
import { requestHashOf } from '#shared/ledger/legs.ts';
import type { SeededRandom } from '#shared/testing/seeded-random.ts';
import type { Player } from './cast.ts';
import type { Scheduler } from './scheduler.ts';

/** A try that has not answered by then is given up; what came of it is unknown. */
const TIMEOUT_MS = 29_000;
/** Tries of one request: in fair weather one is enough. */
const MAX_TRIES = 400;
const MAX_BACKOFF_MS = 20_000;
/** How often a request is sent twice at once, is sent again once it is answered, and with other contents, in percent. */
const TWICE_PERCENT = 10;
const AGAIN_PERCENT = 15;

/** The kind of all its transactions: they move money alone. */
export const AUCTION = 'sim-auction';

/** What the house asks the ledger for, without what it adds itself. */
type Order =
  | ({ readonly operation: 'hold' } & Omit<HoldRequest, Added>)
  | ({ readonly operation: 'replaceHold' } & Omit<ReplaceHoldRequest, Added>)
  | ({ readonly operation: 'post' } & Omit<PostRequest, Added>)
  | ({ readonly operation: 'void' } & Omit<VoidRequest, Added>)
  | ({ readonly operation: 'reverse' } & Omit<ReverseRequest, Added>);
type Added = 'id' | 'requestHash' | 'kind' | 'reason' | 'toldBy';

/** A request to the ledger, and everything that was heard of it. */
export interface Asked {
  readonly id: TransactionId;
  readonly order: Order;
  /** At which of the simulation's steps it was sent first, and answered first. */
  readonly beganAt: number;
  answeredAt?: number;
  /** Decisions, as texts. */
  readonly answers: string[];
  /** What another request under the same id was answered, once this one was. */
  readonly otherwise: string[];
}

/**
 * An auction that keeps bids as holds, straight on the ledger's port: each of its functions decides by one call of the
 * ledger and then tells of the money that moved, in a commit of its own. It asks until it is answered, as a queue
 * would have it, since what has moved must be told.
 */
export class AuctionHouse {
  private readonly scheduler: Scheduler;
  private readonly random: SeededRandom;
  private readonly tell: ((line: string) => void) | undefined;
  private readonly isPatient: boolean;
  readonly asked: Asked[] = [];
  readonly unanswered: string[] = [];

  constructor(of: {
    readonly scheduler: Scheduler;
    readonly random: SeededRandom;
    readonly tell?: ((line: string) => void) | undefined;
    /** It never asks twice: for schedules of which each step is known. */
    readonly isPatient?: boolean | undefined;
  }) {
    this.scheduler = of.scheduler;
    this.random = of.random;
    this.tell = of.tell;
    this.isPatient = of.isPatient ?? false;
  }

  /**
   * @param id of the request, where somebody knows it before it is decided.
   * @returns the id and the decision; undefined when there was none, ever.
   */
  async ask(
    by: Player,
    order: Order,
    id = createId('txn'),
  ): Promise<{ readonly id: TransactionId; readonly state: LedgerDecision['state'] } | undefined> {
    const asked: Asked = { id, order, beganAt: this.scheduler.steps, answers: [], otherwise: [] };
    this.asked.push(asked);
    const twin = this.chance(TWICE_PERCENT) ? this.once(by, asked) : undefined;
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const decision = (await this.once(by, asked)) ?? (await twin);
      if (decision) {
        await twin;
        await this.insist(by, asked);
        return { id: asked.id, state: decision.state };
      }
      const longestMs = Math.min(MAX_BACKOFF_MS, 200 * 2 ** Math.min(tries, 10));
      await this.scheduler.sleep(this.random.int(1, longestMs));
    }
    this.unanswered.push(asked.id);
    return undefined;
  }

  private chance(percent: number): boolean {
    return !this.isPatient && this.random.percent(percent);
  }

  private async insist(by: Player, asked: Asked): Promise<void> {
    if (this.chance(AGAIN_PERCENT)) await this.once(by, asked);
    if (!this.chance(AGAIN_PERCENT)) return;
    const invocation = this.scheduler
      .start(`auction.${asked.order.operation}`, () => decide(asked.id, otherThan(asked.order)), { isFaulty: true })
      .then(asText, (error: unknown) => (error instanceof GameError ? error.code : undefined));
    const answer = await this.scheduler.within(TIMEOUT_MS, invocation);
    if (answer !== undefined) asked.otherwise.push(answer);
  }

  /** One try in an invocation of its own; undefined when no decision came. */
  private async once(by: Player, asked: Asked): Promise<LedgerDecision | undefined> {
    const { id, order } = asked;
    const name = `auction.${order.operation}`;
    const run = async (): Promise<LedgerDecision> => {
      const decision = await decide(id, order);
      if (decision.state === 'COMMITTED') await tellOf(by, id, decision);
      return decision;
    };
    const invocation = this.scheduler.start(name, run, { isFaulty: true }).catch(() => undefined);
    const decision = await this.scheduler.within(TIMEOUT_MS, invocation);
    this.tell?.(`${name} ${id} → ${decision?.state ?? 'nothing'}`);
    if (decision) asked.answers.push(asText(decision));
    if (decision) asked.answeredAt ??= this.scheduler.steps;
    return decision;
  }
}

/** Puts an order to the ledger, under its id. */
function decide(id: TransactionId, order: Order): Promise<LedgerDecision> {
  const common = { id, requestHash: requestHashOf(order), kind: AUCTION, reason: AUCTION };
  switch (order.operation) {
    case 'hold':
      return ledger().hold({ ...common, ...order });
    case 'replaceHold':
      return ledger().replaceHold({ ...common, ...order });
    case 'post':
      return ledger().post({ ...common, ...order, toldBy: 'caller' });
    case 'void':
      return ledger().void({ ...common, ...order });
    case 'reverse':
      return ledger().reverse({ ...common, ...order, toldBy: 'caller' });
  }
}

/** Another order, of which the ledger must hear nothing under this id. */
function otherThan(order: Order): Order {
  if (order.operation === 'hold' || order.operation === 'replaceHold') return { ...order, amount: order.amount + 1n };
  if (order.operation === 'post') {
    return { ...order, to: order.to.map((part) => ({ ...part, amount: part.amount + 1n })) };
  }
  return order.operation === 'void' ? { ...order, holdId: createId('txn') } : { ...order, reverses: createId('txn') };
}

/** Tells of what moved, once: the operation's id derives from the transaction's, and so do those of its events. */
async function tellOf(
  { accountId, characterId, sessionId }: Player,
  transactionId: TransactionId,
  decision: Extract<LedgerDecision, { readonly state: 'COMMITTED' }>,
): Promise<void> {
  const actor = { origin: AUCTION, accountId, characterId, sessionId };
  const changes = settlementPorts.moneyMoved({ transactionId, reason: AUCTION, actor }, decision);
  if (changes.events?.length === 0) return;
  const attempt = async (): Promise<void> => {
    const id = deriveId('opr', transactionId);
    const operation = createOperation({ id, actor, correlationId: AUCTION, causationId: transactionId });
    await step('auction.tell', () => operation.commit(changes)).catch((error: unknown) => {
      // Its row is there: somebody has told it.
      if (!(error instanceof GameError && error.code === 'request.conflict')) throw error;
    });
  };
  await withBoundedRetry(attempt, () => false);
}

/** A decision as the ledger must give it again, byte for byte. */
export function asText(decision: LedgerDecision): string {
  return JSON.stringify(decision, (_name, value) => (typeof value === 'bigint' ? String(value) : value));
}

/** The hold that an order is to end. */
export function endedBy(order: Order): TransactionId | undefined {
  if (order.operation === 'replaceHold') return order.replaces;
  return order.operation === 'post' || order.operation === 'void' ? order.holdId : undefined;
}
