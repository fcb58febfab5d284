import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from 'pg';
import { createId } from '#shared/kernel/ids.ts';
import { settleCall } from '#shared/ledger/decision-call.ts';
import type { LedgerOwner } from '#shared/ledger/ledger.ts';
import { seededRandom } from '#shared/testing/seeded-random.ts';
import { startTestLedger } from '#shared/testing/test-ledger.ts';
import { type CpuPart, describeCpu, watchCpu } from './cpu-share.ts';
import { median, table } from './report.ts';

const CLIENTS = 20;
const ROUNDS = 7;
const ROUND_MS = 2_500;
const ACCOUNTS = [50, 10];
const SEED = 2077;
/** Whoever asks computes it; here only its storage counts. */
const REQUEST_HASH = 'b'.repeat(64);

/** Where the peer's SQL lies in its checkout, in the order in which it is to be run. */
const PEER_FILES = [
  'vendor/scoville-pgsql-ulid/ulid-to-uuid.sql',
  'vendor/scoville-pgsql-ulid/uuid-to-ulid.sql',
  'pgledger.sql',
];

const POSTGRES = 'Postgres';
const PARTS: readonly CpuPart[] = [
  { name: 'clients', pid: process.pid },
  { name: POSTGRES, pid: process.pid, command: 'postgres' },
];

/** One transfer between two of the accounts, by their numbers. */
type Transfer = (client: Client, from: number, to: number, amount: number) => Promise<unknown>;

/**
 * Transfers per second between few accounts, by 20 connections, each transfer one prepared call: ours, as the
 * adapter sends it, with idempotency
 * key, request hash, held money, outbox row, balance check and chain check. With the checkout of pgledger
 * (github.com/pgr0ss/pgledger) its transfers on the same server, round by round in turn.
 */
export async function ledger({ pgledger }: { readonly pgledger?: string | undefined }): Promise<void> {
  const postgres = await startTestLedger();
  try {
    const peer = pgledger === undefined ? undefined : await installPeer(postgres, pgledger);
    const ours = await Promise.all(Array.from({ length: CLIENTS }, () => postgres.connect('ledger_app')));
    const rows: string[][] = [];
    const whole = watchCpu(PARTS);
    for (const count of ACCOUNTS) {
      const ourTransfer = await ourAccounts(ours[0]!, count);
      const theirTransfer = peer && (await peer.accounts(count));
      const rounds: { ours: Round[]; theirs: Round[] } = { ours: [], theirs: [] };
      for (let round = 0; round < ROUNDS; round += 1) {
        rounds.ours.push(await roundOf(ours, ourTransfer, count, round));
        if (peer && theirTransfer) rounds.theirs.push(await roundOf(peer.clients, theirTransfer, count, round));
      }
      const ratios = rounds.theirs.map(({ rate }, round) => rounds.ours[round]!.rate / rate);
      const cpuUs = (all: readonly Round[]) => median(all.map((one) => one.cpuUs)).toFixed(0);
      const rate = (all: readonly Round[]) => median(all.map((one) => one.rate)).toFixed(0);
      rows.push([
        `${count} accounts`,
        rate(rounds.ours),
        peer ? rate(rounds.theirs) : '–',
        peer ? `${median(ratios).toFixed(2)}×` : '–',
        peer ? `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}` : '–',
        cpuUs(rounds.ours),
        peer ? cpuUs(rounds.theirs) : '–',
      ]);
    }
    console.log(
      `\nLedger: transfers per second, ${CLIENTS} connections, median of ${ROUNDS} rounds of ${ROUND_MS / 1_000} s in turn\n`,
    );
    const head = ['', 'ours', 'pgledger', 'ratio', 'of single rounds', 'µs of Postgres, ours', 'pgledger'];
    console.log(table(head, rows));
    console.log(`\n  µs: processor time of one transfer, which others disturb least. ${describeCpu(whole())}`);
    if (!peer) console.log('\n  For the peer: --pgledger PATH, a checkout of github.com/pgr0ss/pgledger.');
    await Promise.all([...ours, ...(peer?.clients ?? [])].map((client) => client.end()));
  } finally {
    await postgres.stop();
  }
}

async function ourAccounts(client: Client, count: number): Promise<Transfer> {
  const owners = Array.from({ length: count }, () => createId('chr'));
  const send = (by: Client, from: LedgerOwner, to: LedgerOwner, amount: bigint) => {
    const legs = [{ currency: 'eddies', from, to, amount }];
    const { name, text, values } = settleCall({
      id: createId('txn'),
      requestHash: REQUEST_HASH,
      kind: 'bench',
      reason: 'bench',
      legs,
    });
    return by.query({ name, text, values: [...values] });
  };
  for (const to of owners) await send(client, 'system.faucet.staff', to, 1_000_000_000n);
  return (by, from, to, amount) => send(by, owners[from]!, owners[to]!, BigInt(amount));
}

async function installPeer(postgres: Awaited<ReturnType<typeof startTestLedger>>, path: string) {
  await postgres.owner.query('CREATE DATABASE pgledger');
  const connect = () => postgres.connect('ledger_owner', 'pgledger');
  const clients = await Promise.all(Array.from({ length: CLIENTS }, connect));
  for (const file of PEER_FILES) await clients[0]!.query(readFileSync(join(path, file), 'utf8'));
  return {
    clients,
    /** May be overdrawn, as accounts of pgledger may unless told otherwise; ours may not. */
    async accounts(count: number): Promise<Transfer> {
      const ids: string[] = [];
      for (let number = 0; number < count; number += 1) {
        const { rows } = await clients[0]!.query<{ id: string }>(
          "SELECT id FROM pgledger_create_account($1, 'USD', allow_negative_balance => true)",
          [`account ${number}`],
        );
        ids.push(rows[0]!.id);
      }
      return (client, from, to, amount) =>
        client.query({
          name: 'transfer',
          text: 'SELECT id FROM pgledger_create_transfer($1, $2, $3)',
          values: [ids[from], ids[to], amount],
        });
    },
  };
}

/** Transfers a second, and microseconds of Postgres's processor time for each. */
interface Round {
  readonly rate: number;
  readonly cpuUs: number;
}

async function roundOf(
  clients: readonly Client[],
  transfer: Transfer,
  accounts: number,
  round: number,
): Promise<Round> {
  const random = seededRandom(SEED + round);
  const cpu = watchCpu(PARTS);
  const beganMs = performance.now();
  let done = 0;
  const work = async (client: Client): Promise<void> => {
    while (performance.now() - beganMs < ROUND_MS) {
      const from = random.int(0, accounts - 1);
      const to = (from + random.int(1, accounts - 1)) % accounts;
      await transfer(client, from, to, random.int(1, 100));
      done += 1;
    }
  };
  await Promise.all(clients.map(work));
  const rate = (done * 1_000) / (performance.now() - beganMs);
  const postgresMs = cpu()?.partsMs.get(POSTGRES) ?? Number.NaN;
  return { rate, cpuUs: (postgresMs * 1_000) / done };
}
