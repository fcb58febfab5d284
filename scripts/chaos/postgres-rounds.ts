import { type CharacterId, createId, type TransactionId } from '#shared/kernel/ids.ts';
import type { LedgerDecision, LedgerRequest, MoneyLeg } from '#shared/ledger/ledger.ts';
import { requestHashOf } from '#shared/ledger/legs.ts';
import type { PostgresLedger } from '#shared/ledger/postgres-ledger.ts';
import { type SeededRandom, seededRandom } from '#shared/testing/seeded-random.ts';
import { startTestLedger } from '#shared/testing/test-ledger.ts';

const CLIENTS = 20;
const ACCOUNTS = 10;
const GIVEN = 1_000_000n;
/** Load before the kill: long enough to be in the middle of things. */
const LOAD_MS = { min: 20, max: 400 };
/** Some transfers ask for more than anybody has, so that refusals are among the decisions. */
const MAX_AMOUNT = { modest: 500, greedy: 3_000_000 };

export interface CrashOptions {
  readonly rounds: number;
  readonly seed: number;
  say(line: string): void;
}

export interface CrashReport {
  readonly rounds: number;
  /** Requests that the clients sent. */
  readonly asked: number;
  /** Of them those that had no answer when Postgres died. */
  readonly inDoubt: number;
  readonly problems: readonly string[];
}

/** One request and what became of it. */
interface Asked {
  /** Sends it, by whichever ledger. */
  readonly send: (ledger: PostgresLedger) => Promise<LedgerDecision>;
  /** The answer, as text; unset: in doubt. */
  answer?: string;
}

const asText = (decision: LedgerDecision): string =>
  JSON.stringify(decision, (_key, value) => (typeof value === 'bigint' ? String(value) : value));

/**
 * Kills Postgres at random moments while 20 clients move money, starts it again, and looks: what was answered still
 * stands, what was in doubt has one outcome however often it is asked, and the books balance (V2, V3, V6).
 */
export async function crashPostgres({ rounds, seed, say }: CrashOptions): Promise<CrashReport> {
  const random = seededRandom(seed);
  const postgres = await startTestLedger();
  try {
    const clients = Array.from({ length: CLIENTS }, () => postgres.ledger());
    const owners = Array.from({ length: ACCOUNTS }, () => createId('chr'));
    for (const owner of owners) await clients[0]!.settle(transfer([faucet(owner)]));
    const problems: string[] = [];
    let inDoubt = 0;
    const all = new Map<TransactionId, Asked>();
    for (let round = 1; round <= rounds; round += 1) {
      const asked = await loadUntilCrash(clients, owners, random, () => postgres.crash());
      const doubtful = [...asked.values()].filter(({ answer }) => answer === undefined);
      const found = [
        ...(await lostAnswers(clients[0]!, asked)),
        ...(await doubleAnswers(clients, asked, random)),
        ...(await clients[0]!.faults()),
        ...(await missingMoney(clients[0]!, owners)),
      ];
      problems.push(...found.map((problem) => `round ${round} of seed ${seed}: ${problem}`));
      inDoubt += doubtful.length;
      for (const [id, one] of asked) all.set(id, one);
      say(`  ${round}: ${asked.size} asked, ${doubtful.length} in doubt, ${found.length} problems`);
    }
    problems.push(...(await lostAnswers(clients[0]!, all)));
    return { rounds, asked: all.size, inDoubt, problems };
  } finally {
    await postgres.stop();
  }
}

const faucet = (to: CharacterId): MoneyLeg => ({ currency: 'eddies', from: 'system.faucet.staff', to, amount: GIVEN });

function transfer(legs: readonly MoneyLeg[]): LedgerRequest {
  return { id: createId('txn'), requestHash: requestHashOf(legs), kind: 'chaos', reason: 'chaos', legs };
}

/** All clients ask until Postgres has been killed and is back, or until it is gone for too long for them. */
async function loadUntilCrash(
  clients: readonly PostgresLedger[],
  owners: readonly CharacterId[],
  random: SeededRandom,
  crash: () => Promise<void>,
): Promise<ReadonlyMap<TransactionId, Asked>> {
  const asked = new Map<TransactionId, Asked>();
  let isOver = false;
  const work = async (ledger: PostgresLedger, dice: SeededRandom): Promise<void> => {
    while (!isOver) {
      const [id, one] = nextRequest(owners, dice);
      asked.set(id, one);
      try {
        one.answer = asText(await one.send(ledger));
      } catch {
        return;
      }
    }
  };
  const working = Promise.all(clients.map((ledger) => work(ledger, random.fork())));
  await new Promise((resolve) => setTimeout(resolve, random.int(LOAD_MS.min, LOAD_MS.max)));
  await crash();
  // Who has come through by trying again would go on for ever.
  isOver = true;
  await working;
  return asked;
}

function nextRequest(owners: readonly CharacterId[], dice: SeededRandom): [TransactionId, Asked] {
  const [from, to] = twoOf(owners, dice);
  if (dice.percent(5)) {
    const id = createId('txn');
    return [id, { send: (ledger) => ledger.decideAbort(id) }];
  }
  if (dice.percent(10)) {
    const hold = { owner: from, currency: 'eddies', amount: BigInt(dice.int(1, 100)), lifeMs: 1 };
    const id = createId('txn');
    const request = { ...hold, id, requestHash: requestHashOf(hold), kind: 'chaos', reason: 'chaos' };
    return [id, { send: (ledger) => ledger.hold(request) }];
  }
  const most = dice.percent(20) ? MAX_AMOUNT.greedy : MAX_AMOUNT.modest;
  const leg = (amount: number): MoneyLeg => ({ currency: 'eddies', from, to, amount: BigInt(amount) });
  const fee: MoneyLeg = { currency: 'eddies', from, to: 'system.sink.postage', amount: 1n };
  const request = transfer(dice.percent(50) ? [leg(dice.int(1, most))] : [leg(dice.int(1, most)), fee]);
  return [request.id, { send: (ledger) => ledger.settle(request) }];
}

function twoOf(owners: readonly CharacterId[], dice: SeededRandom): [CharacterId, CharacterId] {
  const from = dice.int(0, owners.length - 1);
  const step = dice.int(1, owners.length - 1);
  return [owners[from]!, owners[(from + step) % owners.length]!];
}

/** Decisions that were answered and are gone, or other ones now. */
async function lostAnswers(ledger: PostgresLedger, asked: ReadonlyMap<TransactionId, Asked>): Promise<string[]> {
  const lost: string[] = [];
  for (const [id, { answer }] of asked) {
    if (answer === undefined) continue;
    const stored = await ledger.decisionOf(id);
    const now = stored && asText(stored.decision);
    if (now !== answer) lost.push(`${id} was answered ${answer} and is now ${now ?? 'unknown'}`);
  }
  return lost;
}

/** What is in doubt, and some of what is not, asked by two clients at once: all must hear the same. */
async function doubleAnswers(
  clients: readonly PostgresLedger[],
  asked: ReadonlyMap<TransactionId, Asked>,
  random: SeededRandom,
): Promise<string[]> {
  const wrong: string[] = [];
  for (const [id, one] of asked) {
    if (one.answer !== undefined && !random.percent(20)) continue;
    const pair = [random.pick(clients), random.pick(clients)];
    const answers = (await Promise.all(pair.map((ledger) => one.send(ledger)))).map(asText);
    const heard = new Set([...(one.answer === undefined ? [] : [one.answer]), ...answers]);
    if (heard.size !== 1) wrong.push(`${id} was answered in ${heard.size} ways: ${[...heard].join(' | ')}`);
    one.answer = answers[0]!;
  }
  return wrong;
}

async function missingMoney(ledger: PostgresLedger, owners: readonly CharacterId[]): Promise<string[]> {
  const balances = await Promise.all(owners.map((owner) => ledger.balancesOf(owner)));
  const held = balances.flat().reduce((sum, { posted }) => sum + posted, 0n);
  const taken = (await ledger.supply()).reduce((sum, { account, taken }) => {
    return account.startsWith('system.sink.') ? sum + taken : sum;
  }, 0n);
  const given = GIVEN * BigInt(owners.length);
  return held + taken === given ? [] : [`${given} were given, ${held} are held and ${taken} were taken`];
}
