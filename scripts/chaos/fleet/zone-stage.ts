import { Worker } from 'node:worker_threads';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { classes } from '#content/classes.ts';
import { createAccount } from '#functions/account/public.ts';
import { DEFAULT_REALM } from '#functions/character/rules.ts';
import { putCharacter, putState } from '#functions/character/store.ts';
import { claimName } from '#functions/character/store-names.ts';
import { beginningOf } from '#functions/progression/rules.ts';
import { createProgressionWrite } from '#functions/progression/store.ts';
import { getActiveSession, openSession, playCharacter } from '#functions/session/public.ts';
import { spell } from '#scripts/journey/spell.ts';
import { startDynamoDbLocal } from '#scripts/local/services/dynamodb/dynamodb-local.ts';
import type { Changes } from '#shared/events/changes.ts';
import { createOperation } from '#shared/events/operation.ts';
import { type CharacterId, createId, type Slug } from '#shared/kernel/ids.ts';
import type { Actor } from '#shared/runtime/invocation.ts';
import { zoneKeys } from '#shared/table/keys/zone.ts';
import { useTable } from '#shared/table/table.ts';
import { useMetricSink } from '#shared/telemetry/metrics.ts';
import type { CallOptions } from '#shared/testing/invocations.ts';
import { createTestTable } from '#shared/testing/test-table.ts';
import { descendantsOf } from '../processes.ts';
import type { StageAnswer, StageCall } from './stage-worker.ts';

/** A player whose session plays a character. */
export type Player = Actor & { readonly characterId: CharacterId; readonly name: string };

const TABLE_NAME = 'chaos';
const HEAP_MB = 512;
/** Threads that run the functions which players call. */
const WORKERS = 2;
/** Strong enough for every zone of the round trip, and for what lives at its gates. */
const LEVEL = 25;

/** A table in a DynamoDB Local of its own, and the functions of the backend in threads beside the fleet. */
export class ZoneStage {
  /** What a fleet process has to be told to find the table. */
  readonly env: Readonly<Record<string, string>>;
  /** Processes of the store. Found once: to list processes holds all clients up for a tenth of a second. */
  readonly storePids: readonly number[];
  private readonly table: Awaited<ReturnType<typeof createTestTable>>;
  private readonly close: () => Promise<void>;
  private readonly workers: readonly Worker[];
  private readonly waiting = new Map<number, (answer: StageAnswer) => void>();
  private calls = 0;

  private constructor(endpoint: string, table: ZoneStage['table'], close: () => Promise<void>) {
    this.table = table;
    this.close = close;
    this.env = {
      STAGE: 'chaos',
      TABLE_NAME,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_ENDPOINT_URL_DYNAMODB: endpoint,
      LOG_LEVEL: 'INFO',
      NODE_ENV: 'production',
    };
    const isStore = ({ args }: { readonly args: string }) => args.includes('DynamoDBLocal.jar');
    this.storePids = descendantsOf(process.pid)
      .filter(isStore)
      .map(({ pid }) => pid);
    Object.assign(process.env, { ...this.env, LOG_LEVEL: 'SILENT' });
    this.workers = Array.from({ length: WORKERS }, () => this.startWorker());
  }

  static async open(): Promise<ZoneStage> {
    const dynamo = await startDynamoDbLocal({ inMemory: true, heapMb: HEAP_MB });
    const table = await createTestTable(dynamo.endpoint, TABLE_NAME);
    const undo = [useTable({ client: table.client, tableName: TABLE_NAME }), useMetricSink(() => {})];
    return new ZoneStage(dynamo.endpoint, table, async () => {
      for (const give of undo) give();
      await dynamo.stop();
    });
  }

  /** A player with a character that stands there in the zone where everybody begins. */
  async createPlayer(index: number, place: { readonly x: number; readonly y: number }): Promise<Player> {
    const [accountId, characterId, nowMs] = [createId('acc'), createId('chr'), Date.now()];
    const name = `Nyx${spell(index, 4)}`;
    const { account: _account, ...account } = createAccount({ accountId, locale: 'en', nowMs });
    const character = {
      ...{ characterId, accountId, realmId: DEFAULT_REALM, name, classId: 'gunhand', originId: 'gutter-born' },
      ...{ appearance: {}, createdAtMs: nowMs, version: 1 },
    } as unknown as Parameters<typeof putCharacter>[0];
    const progression = { ...beginningOf({ characterId, accountId }, classes.get('gunhand')), level: LEVEL };
    const state = {
      ...{ characterId, zoneId: 'glasswater-docks', ...place, yaw: 0, health: 500 },
      ...{ epoch: 0, stay: 0, sequence: 0, savedAtMs: nowMs },
    };
    await commit({
      writes: [
        ...(account.writes ?? []),
        ...[putCharacter(character), claimName(character, nowMs), createProgressionWrite(progression), putState(state)],
      ],
    });
    const sessionId = createId('ses');
    await commit(openSession({ sessionId, accountId, deviceName: undefined, userAgent: 'chaos', nowMs }));
    const session = await getActiveSession(sessionId);
    await commit(await playCharacter(session!, characterId, nowMs));
    return { accountId, characterId, name, sessionId, roles: ['player'] };
  }

  private startWorker(): Worker {
    const worker = new Worker(new URL('./stage-worker.ts', import.meta.url));
    worker.on('message', (answer: StageAnswer) => {
      this.waiting.get(answer.id)?.(answer);
      this.waiting.delete(answer.id);
    });
    return worker;
  }

  /** Sends a request through an endpoint's whole pipeline. */
  call(name: StageCall['name'], options: CallOptions): Promise<StageAnswer> {
    const id = ++this.calls;
    const { promise, resolve } = Promise.withResolvers<StageAnswer>();
    this.waiting.set(id, resolve);
    this.workers[id % WORKERS]!.postMessage({ id, name, options } satisfies StageCall);
    return promise;
  }

  /** Processor time so far of the threads that run what players call, in ms. */
  async functionsMs(): Promise<number> {
    const used = await Promise.all(this.workers.map((worker) => worker.cpuUsage()));
    return used.reduce((sum, { user, system }) => sum + (user + system) / 1_000, 0);
  }

  /** When the owner of a zone has last noted where everybody is; 0: never. */
  async notedAtMs(zoneId: Slug): Promise<number> {
    const Key = zoneKeys.places.primary({ zoneId });
    const { Item } = await this.table.client.send(new GetCommand({ TableName: TABLE_NAME, Key }));
    return Number(Item?.savedAtMs ?? 0);
  }

  /** Every row of the table. */
  rows(): Promise<readonly Record<string, unknown>[]> {
    return this.table.snapshot();
  }

  async stop(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.terminate()));
    await this.close();
  }
}

function commit(changes: Changes): Promise<undefined> {
  const by = { actor: { origin: 'chaos' }, correlationId: 'chaos', causationId: 'chaos' };
  return createOperation(by).commit(changes);
}
