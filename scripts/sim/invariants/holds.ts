import { GameError } from '#shared/contract/errors.ts';
import { MINUTE_MS, SECOND_MS } from '#shared/kernel/clock.ts';
import type { LedgerTransaction } from '#shared/ledger/ledger.ts';
import type { MemoryLedger } from '#shared/ledger/memory-ledger.ts';
import { type Asked, asText, endedBy } from '../auction-house.ts';

type Hold = ReturnType<MemoryLedger['audit']>['holds'][number];

/** Holds that have run out are freed by then: a period of the job, and a moment for its work. */
const FREED_AFTER_MS = MINUTE_MS + SECOND_MS;
const MISMATCH = new GameError('request.idempotency_mismatch').code;

/**
 * V3, V6 and V8 of reservations: each that was made is there, each ends once and as somebody asked or by its time, no
 * more is paid out of it than it holds, nothing is moved back twice, and every answer is what the ledger has decided.
 * @param nowMs when everything has come to rest.
 */
export function holdComplaints(
  asked: readonly Asked[],
  transactions: readonly LedgerTransaction[],
  holds: readonly Hold[],
  nowMs: number,
): readonly string[] {
  const decided = new Map<string, LedgerTransaction>(transactions.map((one) => [one.id, one]));
  const committed = asked.filter(({ id }) => decided.get(id)?.decision.state === 'COMMITTED');
  return [
    ...asked.flatMap((one) => answersOf(one, decided.get(one.id))),
    ...holdsMade(committed, holds, decided),
    ...holds.flatMap((hold) => endsOf(hold, committed, decided, nowMs)),
    ...undone(committed, decided),
  ];
}

function answersOf({ id, order, answers, otherwise }: Asked, stands: LedgerTransaction | undefined): string[] {
  if (answers.length === 0) return [];
  if (!stands) return [`${order.operation} ${id} was answered, and nothing was decided`];
  const text = asText(stands.decision);
  return [
    ...new Set([
      ...answers.filter((answer) => answer !== text).map((answer) => `${id} was answered ${answer}, not ${text}`),
      ...otherwise
        .filter((answer) => answer !== MISMATCH)
        .map((answer) => `${id} with other contents was answered ${answer}`),
    ]),
  ];
}

function holdsMade(
  committed: readonly Asked[],
  holds: readonly Hold[],
  decided: ReadonlyMap<string, LedgerTransaction>,
): string[] {
  const known = new Map<string, Hold>(holds.map((hold) => [hold.id, hold]));
  const wanted = committed.flatMap(({ id, order }) =>
    order.operation === 'hold' || order.operation === 'replaceHold' ? [{ id, order }] : [],
  );
  const made = new Set<string>(wanted.map(({ id }) => id));
  return [
    ...wanted.flatMap(({ id, order }) => {
      const hold = known.get(id);
      const isThat = hold?.owner === order.owner && hold.amount === order.amount && hold.currency === order.currency;
      const isFor = hold && hold.expiresAtMs - decided.get(id)!.decidedAtMs === order.lifeMs;
      return isThat && isFor ? [] : [`${id} is not the hold that was decided`];
    }),
    ...holds.filter(({ id }) => !made.has(id)).map(({ id }) => `nobody has asked for the hold ${id}`),
  ];
}

/** How a hold has ended, and who had it ended: at most one. */
function endsOf(
  { id, owner, amount, state, expiresAtMs }: Hold,
  committed: readonly Asked[],
  decided: ReadonlyMap<string, LedgerTransaction>,
  nowMs: number,
): string[] {
  const ends = committed.filter(({ order }) => endedBy(order) === id);
  if (ends.length > 1) return [`hold ${id} was ended ${ends.length} times`];
  const [end] = ends;
  const due = end === undefined ? ['OPEN', 'EXPIRED'] : end.order.operation === 'post' ? ['POSTED'] : ['VOIDED'];
  const legs = end?.order.operation === 'post' ? decided.get(end.id)!.legs : [];
  const paid = legs.reduce((sum, leg) => sum + leg.amount, 0n);
  return [
    ...(due.includes(state) ? [] : [`hold ${id} is ${state}, which ${end ? `${end.id} did not do` : 'nobody did'}`]),
    ...(state === 'EXPIRED' && expiresAtMs > nowMs ? [`hold ${id} has ended before its time`] : []),
    ...(state === 'OPEN' && expiresAtMs < nowMs - FREED_AFTER_MS ? [`hold ${id} has run out and is not freed`] : []),
    ...(paid > amount ? [`${paid} was paid out of hold ${id} of ${amount}`] : []),
    ...(legs.some(({ from }) => from !== owner) ? [`others than ${owner} have paid for hold ${id}`] : []),
  ];
}

/** What was moved back was moved back once, and wholly. */
function undone(committed: readonly Asked[], decided: ReadonlyMap<string, LedgerTransaction>): string[] {
  const seen = new Set<string>();
  return committed.flatMap(({ id, order }) => {
    if (order.operation !== 'reverse') return [];
    if (seen.has(order.reverses)) return [`${order.reverses} was moved back twice`];
    seen.add(order.reverses);
    const there = decided.get(order.reverses)?.legs ?? [];
    const back = decided.get(id)?.legs ?? [];
    const isMirror =
      there.length === back.length &&
      there.every(({ from, to, amount }, at) => {
        return back[at]!.from === to && back[at]!.to === from && back[at]!.amount === amount;
      });
    return isMirror ? [] : [`${id} has not moved back what ${order.reverses} moved`];
  });
}
