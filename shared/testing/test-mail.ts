import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { createAccount } from '#functions/account/public.ts';
import { DEFAULT_REALM, type RealmId } from '#functions/character/rules.ts';
import { type Character, putCharacter } from '#functions/character/store.ts';
import { claimName } from '#functions/character/store-names.ts';
import { transferItems } from '#functions/inventory/public.ts';
import {
  list,
  remove,
  returnToSender,
  send,
  takeAll,
  takeAttachment,
  takeMoney,
  view,
} from '#functions/mail/contract.ts';
import { handler as listHandler } from '#functions/mail/endpoints/list.ts';
import { handler as removeHandler } from '#functions/mail/endpoints/remove.ts';
import { handler as returnHandler } from '#functions/mail/endpoints/return-to-sender.ts';
import { handler as sendHandler } from '#functions/mail/endpoints/send.ts';
import { handler as takeAllHandler } from '#functions/mail/endpoints/take-all.ts';
import { handler as takeAttachmentHandler } from '#functions/mail/endpoints/take-attachment.ts';
import { handler as takeMoneyHandler } from '#functions/mail/endpoints/take-money.ts';
import { handler as viewHandler } from '#functions/mail/endpoints/view.ts';
import { handler as runDueHandler } from '#functions/mail/jobs/run-due.ts';
import { mailEscrow } from '#functions/mail/public.ts';
import { mailRules } from '#functions/mail/rules.ts';
import { handler as sweepHandler } from '#functions/settlement/jobs/sweep-pending.ts';
import type { Changes } from '#shared/events/changes.ts';
import { createOperation } from '#shared/events/operation.ts';
import { SECOND_MS } from '#shared/kernel/clock.ts';
import { type AccountId, type CharacterId, createId, type ItemId, type MailId, type Slug } from '#shared/kernel/ids.ts';
import type { Locale } from '#shared/kernel/locale.ts';
import { MAX_AMOUNT } from '#shared/kernel/money.ts';
import { LedgerMismatchError } from '#shared/ledger/errors.ts';
import type {
  Ledger,
  LedgerDecision,
  LedgerOwner,
  LedgerRequest,
  MoneyLeg,
  PlayerOwner,
} from '#shared/ledger/ledger.ts';
import { useLedger } from '#shared/ledger/ledger.ts';
import type { Actor } from '#shared/runtime/invocation.ts';
import { TAKE_OVER_AFTER_MS } from '#shared/settlement/sweep.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { lambdaContext } from './invocations.ts';
import { itemComplaints } from './item-audit.ts';
import { mailComplaints } from './mail-audit.ts';
import { type CallResult, startTestWorld, type TestWorld } from './test-world.ts';

/** A player who writes mail: an account with a character under play. */
export type Correspondent = Actor & { readonly characterId: CharacterId; readonly name: string };

let made = 0;

/** A name that no other correspondent of this process has. */
function freshName(): string {
  made += 1;
  return `Post${[...String(made)].map((digit) => 'bcdfghjkmp'[Number(digit)]).join('')}`;
}

/** Commits what a domain's functions have prepared, as a test. */
export function commitAsTest(changes: Changes): Promise<undefined> {
  return createOperation({ actor: { origin: 'test' }, correlationId: 'test', causationId: 'test' }).commit(changes);
}

/** A character under play, of an account of its own or of the one given. Rows are put directly. */
export async function correspondent(
  world: TestWorld,
  of: { readonly accountId?: AccountId; readonly realmId?: RealmId; readonly locale?: Locale } = {},
): Promise<Correspondent> {
  const [characterId, name, nowMs] = [createId('chr'), freshName(), world.clock.nowMs()];
  const accountId = of.accountId ?? createId('acc');
  const character = {
    characterId,
    accountId,
    realmId: of.realmId ?? DEFAULT_REALM,
    name,
    classId: 'gunhand',
    originId: 'gutter-born',
    appearance: {},
    createdAtMs: nowMs,
    version: 1,
  } as unknown as Character;
  const account: Changes = of.accountId ? {} : createAccount({ accountId, locale: of.locale ?? 'en', nowMs });
  await commitAsTest({
    writes: [...(account.writes ?? []), putCharacter(character), claimName(character, nowMs)],
  });
  const actor = await world.openSession(world.actor({ accountId, characterId }));
  return { ...actor, characterId, name };
}

/** New items in a character's bag. */
export async function equip(world: TestWorld, owner: CharacterId, templateId: Slug, count = 1): Promise<ItemId> {
  return withConflictRetry(async () => {
    const { items, changes } = await transferItems(
      [
        {
          kind: 'mint',
          templateId,
          count,
          origin: 'test',
          source: [createId('opr')],
          destination: { to: 'character', characterId: owner, overflow: 'refuse' },
        },
      ],
      { reason: 'test', cause: 'test', atMs: world.clock.nowMs() },
    );
    await commitAsTest(changes);
    return items[0]!.itemId;
  });
}

/** A ledger in miniature: the first who asks about an id decides it for ever; only the system may owe. */
export class Till {
  readonly balances = new Map<LedgerOwner, bigint>();
  readonly #decisions = new Map<string, { readonly hash: string | undefined; readonly decision: LedgerDecision }>();

  /** The till as the ledger's port; mail, and who reacts to what its tests do, ask no more of it. */
  get port(): Ledger {
    const port: Pick<Ledger, 'settle' | 'decideAbort' | 'balancesOf'> = {
      settle: (request) => this.#settle(request),
      decideAbort: (id) => this.#abort(id),
      balancesOf: async (owner) =>
        this.of(owner) > 0n ? [{ currency: mailRules.currency, posted: this.of(owner), held: 0n, version: 1 }] : [],
    };
    return port as Ledger;
  }

  of(owner: LedgerOwner): bigint {
    return this.balances.get(owner) ?? 0n;
  }

  give(owner: LedgerOwner, amount: bigint): void {
    this.balances.set(owner, this.of(owner) + amount);
    this.balances.set('system.faucet.test', this.of('system.faucet.test') - amount);
  }

  /** Money that players have and what went out of the game are what came into it: 0. */
  get sum(): bigint {
    return [...this.balances.values()].reduce((sum, balance) => sum + balance, 0n);
  }

  async #settle({ id, requestHash, legs }: LedgerRequest): Promise<LedgerDecision> {
    const earlier = this.#decisions.get(id);
    if (earlier && earlier.hash !== undefined && earlier.hash !== requestHash) throw new LedgerMismatchError();
    if (earlier) return earlier.decision;
    const decision = this.#move(legs);
    this.#decisions.set(id, { hash: requestHash, decision });
    return decision;
  }

  async #abort(id: string): Promise<LedgerDecision> {
    const earlier = this.#decisions.get(id);
    if (earlier) return earlier.decision;
    const decision = { state: 'ABORTED' } as const;
    this.#decisions.set(id, { hash: undefined, decision });
    return decision;
  }

  #move(legs: readonly MoneyLeg[]): LedgerDecision {
    const after = new Map(this.balances);
    const add = (owner: LedgerOwner, amount: bigint) => after.set(owner, (after.get(owner) ?? 0n) + amount);
    for (const { from, to, amount, currency } of legs) {
      if (currency !== mailRules.currency || amount < 1n || from === to) throw new RangeError('that is no leg');
      add(from, -amount);
      add(to, amount);
    }
    const players = [...after].filter(([owner]) => !owner.startsWith('system.'));
    if (players.some(([, balance]) => balance < 0n)) return { state: 'REJECTED', code: 'ledger.insufficient_funds' };
    if (players.some(([, balance]) => balance > MAX_AMOUNT)) return { state: 'REJECTED', code: 'ledger.balance_limit' };
    for (const [owner, balance] of after) this.balances.set(owner, balance);
    return {
      state: 'COMMITTED',
      balances: players.map(([owner, posted]) => ({
        owner: owner as PlayerOwner,
        currency: mailRules.currency,
        posted,
        held: 0n,
        amount: 0n,
        version: 1,
      })),
    };
  }
}

/** What a test asks for when it sends a mail; recipients by their characters. */
export interface Letter {
  readonly to: readonly CharacterId[];
  readonly subject?: string;
  readonly body?: string;
  readonly items?: readonly ItemId[];
  readonly money?: bigint;
  readonly cod?: bigint;
}

/** A world with a till, and players who write each other. */
export async function startMailWorld(options: Parameters<typeof startTestWorld>[0] = {}) {
  const world = await startTestWorld(options);
  const till = new Till();
  const undo = useLedger(till.port);
  const key = () => ({ idempotencyKey: createId('opr') });
  const at = (actor: Actor, mailId: string) => ({ actor, params: { mailId } });

  return {
    world,
    till,
    /** A player with some money. */
    async player(of: Parameters<typeof correspondent>[1] & { readonly purse?: bigint } = {}): Promise<Correspondent> {
      const one = await correspondent(world, of);
      till.give(one.characterId, of.purse ?? 1_000n);
      return one;
    },
    send(actor: Actor, letter: Letter, options: { readonly idempotencyKey?: string } = {}): Promise<CallResult> {
      const { to, subject = 'Parts', items, money, cod } = letter;
      return world.call(sendHandler, send, {
        actor,
        ...key(),
        ...options,
        body: {
          to: to.map((characterId) => ({ characterId })),
          subject,
          ...(letter.body === undefined ? {} : { body: letter.body }),
          ...(items ? { items: items.map((itemId) => ({ itemId })) } : {}),
          ...(money === undefined ? {} : { money: money.toString() }),
          ...(cod === undefined ? {} : { cod: cod.toString() }),
        },
      });
    },
    /** Sends, and lets the time pass that the mail is under way. */
    async delivered(actor: Actor, letter: Letter): Promise<MailId> {
      const reply = await this.send(actor, letter);
      if (reply.status !== 201) throw new Error(`sending answered ${reply.text}`);
      world.clock.advance(mailRules.valueDelayMs);
      return reply.body.mails[0].mailId as MailId;
    },
    async box(actor: Actor, query: Readonly<Record<string, string>> = {}) {
      return (await world.call(listHandler, list, { actor, query })).body.mails as readonly { mailId: MailId }[];
    },
    view: (actor: Actor, mailId: string) => world.call(viewHandler, view, at(actor, mailId)),
    takeOne: (actor: Actor, mailId: string, index: number, cod?: bigint, options = {}) =>
      world.call(takeAttachmentHandler, takeAttachment, {
        actor,
        ...key(),
        ...options,
        params: { mailId, index: String(index) },
        body: cod === undefined ? {} : { cod: cod.toString() },
      }),
    takeMoney: (actor: Actor, mailId: string, options = {}) =>
      world.call(takeMoneyHandler, takeMoney, { ...at(actor, mailId), ...key(), ...options }),
    takeAll: (actor: Actor, mailId: string, cod?: bigint, options = {}) =>
      world.call(takeAllHandler, takeAll, {
        ...at(actor, mailId),
        ...key(),
        ...options,
        body: cod === undefined ? {} : { cod: cod.toString() },
      }),
    sendBack: (actor: Actor, mailId: string) =>
      world.call(returnHandler, returnToSender, { ...at(actor, mailId), ...key() }),
    remove: (actor: Actor, mailId: string) => world.call(removeHandler, remove, at(actor, mailId)),
    /** Changes attributes of an item past all rules: for states that content does not bring about. */
    async changeItem(itemId: ItemId, change: Readonly<Record<string, unknown>>): Promise<void> {
      const row = (await world.snapshot()).find((one) => one._et === 'Item' && one.itemId === itemId);
      await world.client.send(new PutCommand({ TableName: world.tableName, Item: { ...row, ...change } }));
    },
    /** Lets the time pass after which others take over what workers have left, and the sweeper run. */
    async sweep(): Promise<void> {
      world.clock.advance(TAKE_OVER_AFTER_MS + SECOND_MS);
      await sweepHandler({}, lambdaContext());
    },
    runDue: () => runDueHandler({}, lambdaContext()),
    /** Everything that is wrong with items, mail and money; for a moment when nothing is under way. */
    async complaints(): Promise<readonly string[]> {
      const rows = await world.snapshot();
      return [
        ...itemComplaints(rows),
        ...mailComplaints(rows, till.of(mailEscrow)),
        ...(till.sum === 0n ? [] : [`the till is off by ${till.sum}`]),
      ];
    },
    async stop(): Promise<void> {
      undo();
      await world.stop();
    },
  };
}

export type MailWorld = Awaited<ReturnType<typeof startMailWorld>>;
