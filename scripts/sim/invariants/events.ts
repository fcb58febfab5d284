import { SOFT_CURRENCY } from '#content/currencies.ts';
import type { MemoryLedger } from '#shared/ledger/memory-ledger.ts';
import type { ToldEvent } from '../observer.ts';

type Row = Readonly<Record<string, unknown>>;
type Audit = ReturnType<MemoryLedger['audit']>;

/** V7: what the outbox has told is what has reached the bus, and nothing waits any more. */
export function busComplaints(
  rows: readonly Row[],
  told: ReadonlyMap<string, ToldEvent>,
  accepted: ReadonlyMap<string, number>,
): readonly string[] {
  return [
    ...rows
      .filter(({ _et, sentAtMs }) => _et === 'Outbox' && sentAtMs === undefined)
      .map(({ operationId }) => `the outbox still has ${operationId}`),
    ...[...told.values()]
      .filter(({ id }) => !accepted.has(id))
      .map(({ id, name }) => `${name} ${id} never reached the bus`),
    ...[...accepted.keys()].filter((id) => !told.has(id)).map((id) => `${id} reached the bus and was never told`),
  ];
}

/**
 * V7: every movement of a player's money is told once, with the account's version; every thing that was done is told
 * once; and what events bring about has come about once: a quest's money and experience.
 * @param before rows and ledger as the simulation found them.
 */
export function toldComplaints(
  now: { readonly rows: readonly Row[]; readonly audit: Audit },
  before: { readonly rows: readonly Row[]; readonly audit: Audit },
  told: ReadonlyMap<string, ToldEvent>,
): readonly string[] {
  const events = [...told.values()];
  return [
    ...moneyTold(now.audit, before.audit, events),
    ...entityTold(now.rows, before.rows, events),
    ...experience(now.rows, before.rows, events),
    ...questMoney(now.audit, before.audit, events),
  ];
}

function moneyTold(now: Audit, before: Audit, events: readonly ToldEvent[]): string[] {
  const seen = new Map(before.entries.map(({ owner, lines }) => [owner, lines.length]));
  const moved = now.entries.flatMap(({ owner, lines }) =>
    lines.slice(seen.get(owner) ?? 0).map(({ currency, version, amount, balance }) => {
      const name = amount > 0n ? 'CURRENCY_GAINED' : 'CURRENCY_SPENT';
      return `${name} ${owner}.${currency} ${version} ${amount > 0n ? amount : -amount} ${balance}`;
    }),
  );
  const spoken = events
    .filter(({ name }) => name === 'CURRENCY_GAINED' || name === 'CURRENCY_SPENT')
    .map(({ name, aggregateId, aggregateSeq, data }) => {
      const { amount, balance } = data as { amount: string; balance: string };
      return `${name} ${aggregateId} ${aggregateSeq} ${amount} ${balance}`;
    });
  return differences(moved, spoken, 'was not told', 'was told and never happened');
}

/** Things that are there afterwards, as the events that tell of them name them. */
function entityTold(rows: readonly Row[], before: readonly Row[], events: readonly ToldEvent[]): string[] {
  const old = new Set(before.filter(isTold).map(nameOf));
  const done = rows
    .filter(isTold)
    .map(nameOf)
    .filter((name) => !old.has(name));
  const names = new Set(['MAIL_SENT', 'TRADE_COMPLETED', 'QUEST_COMPLETED']);
  const spoken = events
    .filter(({ name }) => names.has(name))
    .map(({ name, aggregateId, data }) =>
      name === 'QUEST_COMPLETED'
        ? `${name} ${aggregateId}/${(data as { questId: string }).questId}`
        : `${name} ${aggregateId}`,
    );
  return differences(done, spoken, 'was not told', 'was told and never happened');
}

function isTold({ _et, state }: Row): boolean {
  return _et === 'Mail' || _et === 'QuestDone' || (_et === 'Trade' && state === 'COMPLETED');
}

function nameOf(row: Row): string {
  if (row._et === 'Mail') return `MAIL_SENT ${row.mailId}`;
  if (row._et === 'Trade') return `TRADE_COMPLETED ${row.tradeId}`;
  return `QUEST_COMPLETED ${row.characterId}/${row.questId}`;
}

function questsOf(events: readonly ToldEvent[]) {
  return events
    .filter(({ name }) => name === 'QUEST_COMPLETED')
    .map(({ data }) => data as { characterId: string; questId: string; rewards: { experience: number } });
}

/** A character's progression changes once for each quest, and nothing else in the simulation brings experience. */
function experience(rows: readonly Row[], before: readonly Row[], events: readonly ToldEvent[]): string[] {
  const of = (all: readonly Row[], id: unknown) =>
    all.find(({ _et, characterId }) => _et === 'Progression' && characterId === id);
  return rows
    .filter(({ _et }) => _et === 'Progression')
    .flatMap(({ characterId, version }) => {
      const quests = questsOf(events).filter((one) => one.characterId === characterId).length;
      const steps = Number(version) - Number(of(before, characterId)?.version ?? 0);
      return steps === quests ? [] : [`${characterId} was credited ${steps} times for ${quests} quests`];
    });
}

function questMoney(now: Audit, before: Audit, events: readonly ToldEvent[]): string[] {
  const old = new Set(before.transactions.map(({ id }) => id));
  const paid = now.transactions
    .filter(({ id, kind, decision }) => kind === 'quest-reward' && decision.state === 'COMMITTED' && !old.has(id))
    .flatMap(({ reason, legs }) =>
      legs.filter(({ currency }) => currency === SOFT_CURRENCY).map(({ to }) => `money of ${reason} for ${to}`),
    );
  const due = questsOf(events).map(({ characterId, questId }) => `money of quest:${questId} for ${characterId}`);
  return differences(due, paid, 'was not paid', 'was paid and not due');
}

/** Two lists hold the same things, each as often. */
function differences(
  expected: readonly string[],
  actual: readonly string[],
  missing: string,
  surplus: string,
): string[] {
  const count = new Map<string, number>();
  for (const one of expected) count.set(one, (count.get(one) ?? 0) + 1);
  for (const one of actual) count.set(one, (count.get(one) ?? 0) - 1);
  return [...count].filter(([, left]) => left !== 0).map(([one, left]) => `${one} ${left > 0 ? missing : surplus}`);
}
