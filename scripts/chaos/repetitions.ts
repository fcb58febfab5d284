import type { TransactionId } from '#shared/kernel/ids.ts';
import type { SeededRandom } from '#shared/testing/seeded-random.ts';
import { answerComplaints, isSame, mustStay } from './remembered.ts';
import type { Call, RestlessPlayer } from './restless-player.ts';
import type { Row } from './value-stores.ts';

/** A call with whose it is. */
export interface Made {
  readonly player: RestlessPlayer;
  readonly call: Call;
}

type Answer = NonNullable<Call['answer']>;

/** Of a round's answers that were given before the kill so many are asked for again. */
const ASKED_AGAIN = 10;

/** Settlements of a table, by id. */
export function byTransaction(rows: readonly Row[]): ReadonlyMap<TransactionId, Row> {
  const settlements = rows.filter(({ _et }) => _et === 'Settlement');
  return new Map(settlements.map((row) => [row.transactionId as TransactionId, row]));
}

const settlementOf = ({ transactionId }: Call, settlements: ReadonlyMap<TransactionId, Row>) =>
  transactionId && settlements.get(transactionId);

/** What a crash has shown of answers: those that were given must be what the settlements say. */
export function answeredWrongly(calls: readonly Made[], settlements: ReadonlyMap<TransactionId, Row>): string[] {
  return calls.flatMap(({ call }) =>
    call.answer && call.transactionId
      ? answerComplaints(call as Call & { answer: Answer }, settlementOf(call, settlements))
      : [],
  );
}

/**
 * Sends what was in doubt again, twice, and some of what was not. What must stay is answered as it was; the calls are left
 * with the answer that they have now.
 * @param settlements as the crash has left them: by them it is known which refusals were recorded.
 */
export async function repeatCalls(
  calls: readonly Made[],
  settlements: ReadonlyMap<TransactionId, Row>,
  dice: SeededRandom,
): Promise<string[]> {
  const problems: string[] = [];
  const doubtful = calls.filter(({ call }) => call.answer === undefined);
  const known = calls.filter(({ call }) => call.isRemembered && call.answer);
  const again = Array.from({ length: Math.min(ASKED_AGAIN, known.length) }, () => dice.pick(known));
  for (const { player, call } of [...doubtful, ...doubtful, ...new Set(again)]) {
    const before = call.answer;
    const after = await player.repeat(call).catch((error: unknown) => ({ status: 0, text: String(error) }));
    if (after.status === 0) {
      problems.push(`${call.path} by key ${call.key} has no answer: ${after.text}`);
      continue;
    }
    call.answer = after;
    const stays = before && call.isRemembered && mustStay(before, settlementOf(call, settlements));
    if (stays && !isSame(before, after)) {
      const [was, is] = [before, after].map(({ status, text }) => `${status} ${text.slice(0, 300)}`);
      problems.push(`${call.path} by key ${call.key} was answered ${was}, and then ${is}`);
    }
  }
  return problems;
}
