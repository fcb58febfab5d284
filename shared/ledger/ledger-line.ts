import type { Client } from 'pg';
import { GameError } from '#shared/contract/errors.ts';
import { withBoundedRetry } from '#shared/kernel/bounded-retry.ts';
import { step } from '#shared/kernel/step.ts';
import { LedgerMismatchError } from './errors.ts';

/** Most to wait after each of 5 tries but the last. */
const BACKOFF_MS = [20, 40, 80, 160];
/** Serialisation failure and deadlock: the transaction left nothing, the same call may succeed. */
const PASSING = new Set(['40001', '40P01']);
const MISMATCH = 'LG004';

/**
 * One connection of this process to the ledger's Postgres, without any state of the session, so that a proxy may share
 * connections. A call that lost its connection is repeated on a new one: every operation that decides is safe to repeat.
 */
export class LedgerLine {
  private readonly connect: () => Promise<Client>;
  private connection: Promise<Client> | undefined;
  /** The last call: a connection serves one at a time. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(connect: () => Promise<Client>) {
    this.connect = connect;
  }

  /** @throws LedgerMismatchError; GameError `service.unavailable` when no try has come through. */
  async query<Row>(operation: string, text: string, values: readonly unknown[]): Promise<readonly Row[]> {
    try {
      return await withBoundedRetry(() => this.ask<Row>(operation, text, values), isFinal, BACKOFF_MS);
    } catch (error) {
      if (isFinal(error)) throw error;
      throw new GameError('service.unavailable', {}, { retryAfterSeconds: 1, cause: error });
    }
  }

  /** One try. A connection that was lost is forgotten. */
  private async ask<Row>(operation: string, text: string, values: readonly unknown[]): Promise<readonly Row[]> {
    try {
      return await step(`ledger.${operation}`, () =>
        this.inTurn(async () => {
          const client = await this.client();
          const { rows } = await client.query({ name: operation, text, values: [...values] });
          return rows as Row[];
        }),
      );
    } catch (error) {
      if (codeOf(error) === MISMATCH) throw new LedgerMismatchError();
      if (!isFinal(error) && !PASSING.has(codeOf(error))) this.forget();
      throw error;
    }
  }

  private inTurn<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.last.then(run);
    this.last = turn.catch(() => {});
    return turn;
  }

  private async client(): Promise<Client> {
    this.connection ??= this.connect().then((client) => {
      // A connection that breaks while it idles is no reason to end the process: the next call opens another.
      client.on('error', () => this.forget());
      return client;
    });
    try {
      return await this.connection;
    } catch (error) {
      this.connection = undefined;
      throw error;
    }
  }

  private forget(): void {
    const lost = this.connection;
    this.connection = undefined;
    lost?.then((client) => client.end()).catch(() => {});
  }

  /** Ends the connection, if there is one. */
  async close(): Promise<void> {
    const open = this.connection;
    this.connection = undefined;
    await (await open?.catch(() => undefined))?.end();
  }
}

const codeOf = (error: unknown): string => (error as { code?: string }).code ?? '';

/** Whether Postgres has answered, and would answer the same again. */
function isFinal(error: unknown): boolean {
  if (error instanceof LedgerMismatchError) return true;
  const code = codeOf(error);
  return /^[0-9A-Z]{5}$/.test(code) && !PASSING.has(code) && !isConnectionLost(code);
}

/** Class 08: connection; 57P: the server shuts down or starts. */
function isConnectionLost(code: string): boolean {
  return code.startsWith('08') || code.startsWith('57P');
}
