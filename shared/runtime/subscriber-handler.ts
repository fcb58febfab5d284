import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { EventEnvelope } from '#shared/contract/event.ts';
import type { SubscribedEvent, SubscriberBase } from '#shared/contract/subscriber.ts';
import { inboxWrite } from '#shared/events/inbox.ts';
import { AlreadyHandledError, createOperation, type Operation } from '#shared/events/operation.ts';
import { clock } from '#shared/kernel/clock.ts';
import { deriveId } from '#shared/kernel/ids.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { capacityFields, meterCapacity, noCapacity } from '#shared/telemetry/capacity-meter.ts';
import { log } from '#shared/telemetry/log.ts';
import { emitMetrics } from '#shared/telemetry/metrics.ts';
import type { LambdaContext } from './invocation.ts';

/** What a reaction is given beside the event. */
export interface SubscriberContext {
  readonly nowMs: number;
  readonly operation: Operation;
  /** Commits the effect together with the mark that this event is handled. */
  readonly commit: Operation['commit'];
  /**
   * Runs one part of a reaction that touches more than one transaction holds, such as one character of many: as an
   * operation of its own with a mark of its own. Does nothing when the part is handled already; decides anew after a
   * lost race.
   */
  part(name: string, react: (operation: Operation) => Promise<void>): Promise<void>;
}

export type SubscriberLambda = (event: SQSEvent, context: LambdaContext) => Promise<SQSBatchResponse>;

/**
 * Makes the Lambda handler of a declared subscriber. Each message stands for itself: one that fails is delivered
 * again, and goes to the dead-letter queue after its fifth failure. A reaction that loses a race decides anew.
 */
export function subscriberHandler<const S extends SubscriberBase>(
  subscriber: S,
  react: (event: SubscribedEvent<S>, context: SubscriberContext) => Promise<void>,
): SubscriberLambda {
  const handleRecord = async (record: SQSRecord): Promise<void> => {
    const event = parseEnvelope(subscriber, record.body);
    const operation = operationFor(subscriber, event);
    const context: SubscriberContext = {
      nowMs: operation.nowMs,
      operation,
      commit: operation.commit.bind(operation),
      part: async (name, reactInPart) => {
        const own = operationFor(subscriber, event, name);
        try {
          await withConflictRetry(() => reactInPart(own));
        } catch (error) {
          if (!(error instanceof AlreadyHandledError)) throw error;
        }
      },
    };
    const consumed = noCapacity();
    let outcome = 'handled';
    try {
      await meterCapacity(consumed, () => withConflictRetry(() => react(event as SubscribedEvent<S>, context)));
    } catch (error) {
      if (!(error instanceof AlreadyHandledError)) {
        log().error('reaction failed', {
          subscriber: subscriber.id,
          event: event.name,
          eventId: event.id,
          error: error as Error,
        });
        throw error;
      }
      outcome = 'duplicate';
    }
    const ageMs = clock.nowMs() - Date.parse(event.occurredAt);
    emitMetrics(
      { Subscriber: subscriber.id },
      { Events: [1, 'Count'], EventAgeMs: [ageMs, 'Milliseconds'] },
      {
        event: event.name,
        eventId: event.id,
        correlationId: event.correlationId,
        outcome,
        ...capacityFields(consumed),
      },
      clock.nowMs(),
    );
  };

  return (batch, context) =>
    processPartialResponse(batch, handleRecord, new BatchProcessor(EventType.SQS), {
      context,
      throwOnFullBatchFailure: false,
    });
}

/** The reaction's operation, or that of one part of it: the same ids and the same mark at every delivery. */
function operationFor(subscriber: SubscriberBase, event: EventEnvelope, part?: string): Operation {
  const eventId = part === undefined ? event.id : `${event.id}~${part}`;
  return createOperation({
    id: deriveId('opr', subscriber.id, eventId),
    actor: { ...event.actor, origin: `subscriber:${subscriber.id}` },
    correlationId: event.correlationId,
    causationId: event.id,
    traceparent: event.traceparent,
    inbox: inboxWrite({ subscriberId: subscriber.id, eventId, nowMs: clock.nowMs() }),
  });
}

/** Reads the EventBridge event in a queue message and checks it against its declaration. */
function parseEnvelope(subscriber: SubscriberBase, body: string): EventEnvelope {
  const { detail } = JSON.parse(body) as { detail: EventEnvelope };
  const definition = subscriber.on.find((one) => one.name === detail.name && one.version === detail.version);
  if (!definition) throw new TypeError(`${subscriber.id} does not know ${detail.name} version ${detail.version}`);
  const checked = definition.detail.safeParse(detail.data);
  if (checked.success) return { ...detail, data: checked.data };
  // A newer publisher may have added fields: that is no reason to refuse the rest.
  if (checked.error.issues.every((issue) => issue.code === 'unrecognized_keys')) return detail;
  throw new TypeError(`${detail.name} ${detail.id} does not match its declaration`, { cause: checked.error });
}
