import { setTimeout as delay } from 'node:timers/promises';
import type { InvokeLambda, InvokeResult } from '../../service.ts';
import type { Queue } from '../queue/queue.ts';

/** What a rule or schedule may send to. */
export interface Target {
  readonly name: string;
  /** One attempt. */
  send(json: string): Promise<InvokeResult>;
}

/** An SQS queue. */
export function queueTarget(queue: Queue): Target {
  return {
    name: queue.options.name,
    send: async (json) => {
      if (queue.send({ body: json })) return { payload: null };
      return { functionError: { errorType: 'OverLimit', errorMessage: `${queue.options.name} is full` } };
    },
  };
}

/** A function. */
export function lambdaTarget(functionName: string, invoke: InvokeLambda): Target {
  return { name: functionName, send: (json) => invoke(functionName, JSON.parse(json)) };
}

/** AWS goes on for up to a day; a developer waits for seconds. */
const RETRY_PAUSES_MS = [100, 500, 2_000];

export interface DeliveryOptions {
  /** `$.detail` and the like: the part of the event to send. */
  readonly inputPath?: string | undefined;
  /** Constant text in place of the event. */
  readonly input?: string | undefined;
  readonly deadLetters?: Queue | undefined;
  readonly maxRetries?: number | undefined;
  readonly onFailure?: ((message: string) => void) | undefined;
}

/**
 * Sends an event to a target, a few times when that fails. Never rejects: what cannot be delivered goes to the
 * dead-letter queue, and the failure is told.
 */
export async function deliver(target: Target, event: object, options: DeliveryOptions): Promise<void> {
  const json = payloadOf(event, options);
  let problem = '';
  for (const pauseMs of [0, ...RETRY_PAUSES_MS.slice(0, options.maxRetries ?? RETRY_PAUSES_MS.length)]) {
    if (pauseMs > 0) await delay(pauseMs);
    try {
      const result = await target.send(json);
      if ('payload' in result) return;
      problem =
        'throttled' in result ? 'throttled' : `${result.functionError.errorType}: ${result.functionError.errorMessage}`;
    } catch (error) {
      problem = String(error);
    }
  }
  options.deadLetters?.send({
    body: json,
    attributes: { ERROR_MESSAGE: { DataType: 'String', StringValue: problem } },
  });
  options.onFailure?.(`${target.name}: ${problem}`);
}

function payloadOf(event: object, options: DeliveryOptions): string {
  if (options.input !== undefined) return options.input;
  let value: unknown = event;
  for (const key of options.inputPath?.split('.').slice(1) ?? [])
    value = (value as Record<string, unknown> | undefined)?.[key];
  return JSON.stringify(value ?? null);
}
