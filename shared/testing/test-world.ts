import { randomUUID } from 'node:crypto';
import type { PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { inject } from 'vitest';
import { domains } from '#functions/domains.ts';
import { publishRows, useDestinations } from '#functions/platform/publisher.ts';
import { listUnsent } from '#functions/platform/store.ts';
import { entryOf } from '#shared/contract/domain.ts';
import type { EndpointBase, Role } from '#shared/contract/endpoint.ts';
import type { EventEnvelope } from '#shared/contract/event.ts';
import type { Subscriber } from '#shared/contract/subscriber.ts';
import type { OutboxPush } from '#shared/events/outbox.ts';
import { type Clock, useClock } from '#shared/kernel/clock.ts';
import { createId } from '#shared/kernel/ids.ts';
import { useLedger } from '#shared/ledger/ledger.ts';
import type { HttpHandler } from '#shared/runtime/endpoint-handler.ts';
import type { Actor, LambdaContext } from '#shared/runtime/invocation.ts';
import { useSecrets } from '#shared/runtime/secrets.ts';
import type { StepUpProof } from '#shared/runtime/step-up-guard.ts';
import { isConditionFailed } from '#shared/table/condition-failed.ts';
import { mfaKeys } from '#shared/table/keys/mfa.ts';
import { sessionKeys } from '#shared/table/keys/session.ts';
import { useTable } from '#shared/table/table.ts';
import { type ConsumedCapacity, meterCapacity, noCapacity } from '#shared/telemetry/capacity-meter.ts';
import { useMetricSink } from '#shared/telemetry/metrics.ts';
import { type CallOptions, httpEvent, lambdaContext } from './invocations.ts';
import { createMemoryTestTable } from './memory-table/memory-test-table.ts';
import { createTestSecrets } from './test-secrets.ts';
import { createTestTable } from './test-table.ts';
import { Till } from './till.ts';

/** A clock that stands still until a test moves it. It starts at the real time, so that token lifetimes make sense. */
export interface TestClock extends Clock {
  advance(ms: number): void;
}

export interface CallResult {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests read replies of many shapes and assert on them
  readonly body: any;
  /** The exact bytes, for replay tests. */
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly capacity: ConsumedCapacity;
}

export type TestWorld = Awaited<ReturnType<typeof startTestWorld>>;

const ENVIRONMENT = {
  STAGE: 'test',
  BUS_NAME: 'test-bus',
  PUSH_QUEUE_URL: 'http://127.0.0.1/push',
  SETTLEMENT_QUEUE_URL: 'http://127.0.0.1/settlement-check',
  SOCKET_ENDPOINT: 'http://127.0.0.1/sockets',
  SECRETS_PREFIX: 'test',
  MAIL_FROM: 'no-reply@necpgame.test',
  PUBLIC_HTTP_URL: 'http://127.0.0.1',
  PUBLIC_SOCKET_URL: 'ws://127.0.0.1',
  BOOTSTRAP_ADMIN_EMAIL: 'admin@necpgame.test',
  ALLOWED_ORIGINS: 'https://play.necpgame.test',
  OIDC_PROVIDERS: '[]',
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
};

const END_OF_TIME_MS = Date.UTC(9999, 0);

/** Deliveries after which a chain of reactions is taken for endless. */
const MAX_ROUNDS = 50;

export interface TestWorldOptions {
  /** `real`, unless said: DynamoDB Local. `memory`: its twin, for tests with very many requests. */
  readonly store?: 'real' | 'memory';
}

/**
 * A world of its own for one test file: a fresh table, secrets, a clock, and a bus that hands committed events to the
 * real subscribers of all domains in this process. Call `stop` when done.
 */
export async function startTestWorld({ store = 'real' }: TestWorldOptions = {}) {
  Object.assign(process.env, ENVIRONMENT);
  const name = `test-${randomUUID()}`;
  const table =
    store === 'memory' ? createMemoryTestTable(name) : await createTestTable(inject('dynamoDbEndpoint'), name);
  let nowMs = Date.now();
  const clock: TestClock = {
    nowMs: () => nowMs,
    advance: (ms) => {
      nowMs += ms;
    },
  };
  const secrets = createTestSecrets();
  const till = new Till();
  const pending: EventEnvelope[] = [];
  const events: EventEnvelope[] = [];
  const pushes: OutboxPush[] = [];
  const undo = [
    useClock(clock),
    useTable({ client: table.client, tableName: name }),
    useLedger(till),
    useSecrets(async (wanted) => secrets[wanted]),
    useMetricSink(() => {}),
    useDestinations({
      putEvents: async (entries) => {
        pending.push(...entries.map(envelopeOf));
        return [];
      },
      sendPushes: async (bodies) => {
        pushes.push(...bodies.map((body) => JSON.parse(body) as OutboxPush));
        return [];
      },
    }),
  ];

  /** Actors without a session of their own yet. */
  const sessionless = new Set<string>();

  /** Makes the actor's session live, as endpoints that write demand. */
  async function openSession(actor: Actor, state: 'ACTIVE' | 'CLOSED' = 'ACTIVE'): Promise<Actor> {
    sessionless.delete(actor.sessionId);
    await table.client.send(new PutCommand({ TableName: name, Item: sessionRow(actor, state, nowMs) }));
    return actor;
  }

  const opening = new Map<string, Promise<unknown>>();
  /** Opens the session of an actor who calls for the first time, unless it is there; further calls wait for that. */
  async function openOnCall(actor: Actor | undefined): Promise<void> {
    if (!actor) return;
    if (sessionless.delete(actor.sessionId)) opening.set(actor.sessionId, openImplied(actor));
    await opening.get(actor.sessionId);
  }

  async function openImplied(actor: Actor): Promise<void> {
    const Item = { ...sessionRow(actor, 'ACTIVE', nowMs), isImplied: true };
    await table.client
      .send(new PutCommand({ TableName: name, Item, ConditionExpression: 'attribute_not_exists(pk)' }))
      .catch((error: unknown) => {
        if (!isConditionFailed(error)) throw error;
      });
  }

  return {
    tableName: name,
    client: table.client,
    clock,
    secrets,
    /** Everybody's money. */
    till,
    /** Every event that was delivered, in order, once each. */
    events: events as readonly EventEnvelope[],
    /** Every push that left the outbox, in order. */
    pushes: pushes as readonly OutboxPush[],
    /** All rows, but for the sessions that only a call has opened, while nothing has happened to them. */
    async snapshot() {
      const rows = await table.snapshot();
      return rows.filter(({ isImplied, version }) => !(isImplied && version === 1));
    },

    /** An actor as the authorizer would name it; their session is live from their first call on. */
    actor(
      facts: { accountId?: Actor['accountId']; characterId?: Actor['characterId']; roles?: readonly Role[] } = {},
    ): Actor {
      const actor = {
        accountId: facts.accountId ?? createId('acc'),
        sessionId: createId('ses'),
        roles: facts.roles ?? (['player'] as const),
        characterId: facts.characterId,
      };
      sessionless.add(actor.sessionId);
      return actor;
    },

    openSession,

    /** Ends the actor's session as if long ago: nothing is told of it. */
    async endSession(actor: Actor): Promise<Actor> {
      await openSession(actor, 'CLOSED');
      return actor;
    },

    /** Lets the actor's session do what needs a step-up, for 10 minutes; by what staff need for it unless said. */
    async stepUp(actor: Actor, proof: StepUpProof = 'factor'): Promise<Actor> {
      const { sessionId } = actor;
      const key = mfaKeys.stepUp.primary({ sessionId });
      const Item = { ...key, _et: 'StepUp', sessionId, proof, untilMs: nowMs + 600_000 };
      await table.client.send(new PutCommand({ TableName: name, Item }));
      return actor;
    },

    /** Sends a request through the endpoint's whole pipeline. A success that exceeds its capacity budget throws. */
    async call(handler: HttpHandler, endpoint: EndpointBase, options: CallOptions = {}): Promise<CallResult> {
      await openOnCall(options.actor);
      const capacity = noCapacity();
      const event = httpEvent(endpoint, options, nowMs);
      const result = await meterCapacity(capacity, () => handler(event, lambdaContext()));
      const text = result.body ?? '';
      const status = result.statusCode ?? 0;
      if (status < 300) assertBudget(endpoint, capacity);
      return {
        status,
        text,
        body: text === '' || text.startsWith('<') ? undefined : JSON.parse(text),
        headers: (result.headers ?? {}) as Record<string, string>,
        capacity,
      };
    },

    /**
     * Relays the outbox to all subscribers until nothing is left.
     * @throws Error when a subscriber refuses an event.
     */
    async deliver(options: { twice?: boolean } = {}): Promise<void> {
      for (let round = 0; round < MAX_ROUNDS; round += 1) {
        await publishRows(await listUnsent(END_OF_TIME_MS, 100));
        if (pending.length === 0) return;
        for (const event of pending.splice(0)) {
          events.push(event);
          await handToSubscribers(event);
          if (options.twice) await handToSubscribers(event);
        }
      }
      throw new Error(`events still flow after ${MAX_ROUNDS} rounds`);
    },

    async stop(): Promise<void> {
      for (const step of undo.reverse()) step();
      await table.drop();
    },
  };
}

function sessionRow({ accountId, sessionId, characterId }: Actor, state: 'ACTIVE' | 'CLOSED', startedAtMs: number) {
  return {
    ...sessionKeys.session.primary({ sessionId }),
    _et: 'Session',
    sessionId,
    accountId,
    state,
    device: 'test',
    startedAtMs,
    ...(characterId ? { characterId } : {}),
    version: 1,
  };
}

function envelopeOf(entry: PutEventsRequestEntry): EventEnvelope {
  return JSON.parse(entry.Detail ?? '') as EventEnvelope;
}

async function handToSubscribers(event: EventEnvelope): Promise<void> {
  const interested = domains
    .flatMap((domain) => domain.subscribers)
    .filter((subscriber) => subscriber.on.some((definition) => definition.name === event.name));
  for (const subscriber of interested) {
    const { batchItemFailures } = await invokeSubscriber(subscriber, event);
    if (batchItemFailures.length > 0) throw new Error(`${subscriber.id} refused ${event.name} ${event.id}`);
  }
}

/** Hands one event to one subscriber's real handler, as its queue would. */
export async function invokeSubscriber(subscriber: Subscriber, event: EventEnvelope): Promise<SQSBatchResponse> {
  const module = (await import(/* @vite-ignore */ `../../${entryOf(subscriber)}`)) as {
    handler(event: SQSEvent, context: LambdaContext): Promise<SQSBatchResponse>;
  };
  const body = JSON.stringify({ 'detail-type': event.name, detail: event });
  const record = { messageId: randomUUID(), receiptHandle: '', body, eventSource: 'aws:sqs' };
  return module.handler({ Records: [record] } as unknown as SQSEvent, lambdaContext());
}

/** By AWS's rule: DynamoDB Local reports transactions otherwise (`scripts/journey/README.md`). */
function assertBudget(endpoint: EndpointBase, used: ConsumedCapacity): void {
  const { readUnits, writeUnits } = endpoint.budget;
  if (used.readUnits > readUnits || used.writeUnitsByRule > writeUnits) {
    throw new Error(
      `${endpoint.id} used ${used.readUnits} RCU and ${used.writeUnitsByRule} WCU; its budget is ${readUnits} and ${writeUnits}`,
    );
  }
}
