import { setTimeout as delay } from 'node:timers/promises';
import type { InvokeLambda } from '../../service.ts';
import type { Queue } from '../queue/queue.ts';

/** Where a rule or schedule sends: it never rejects; what cannot be delivered goes to its dead-letter queue or the log. */
export interface RuleTarget {
  deliver(event: object): void | Promise<void>;
}

export interface TargetOptions {
  /** Constant input in place of the event. */
  readonly input?: string | undefined;
  /** `$.detail` and the like: the part of the event to send. */
  readonly inputPath?: string | undefined;
  readonly deadLetters?: Queue | undefined;
  readonly onFailure?: ((message: string) => void) | undefined;
}

/** Sends to an SQS queue. */
export function queueTarget(queue: Queue, options: TargetOptions): RuleTarget {
  return {
    deliver(event) {
      const body = payloadOf(event, options);
      if (!queue.send({ body })) fail(`${queue.options.name} is full`, body, options);
    },
  };
}

const LAMBDA_RETRY_MS = [100, 500, 2_000];

/** Invokes a function, a few times when it fails; EventBridge itself would go on for up to a day. */
export function lambdaTarget(
  functionName: string,
  invoke: InvokeLambda,
  options: TargetOptions & { readonly maxRetries?: number | undefined },
): RuleTarget {
  return {
    async deliver(event) {
      const body = payloadOf(event, options);
      const pauses = LAMBDA_RETRY_MS.slice(0, options.maxRetries ?? LAMBDA_RETRY_MS.length);
      let problem = '';
      for (const pauseMs of [0, ...pauses]) {
        if (pauseMs > 0) await delay(pauseMs);
        try {
          const result = await invoke(functionName, JSON.parse(body));
          if ('payload' in result) return;
          problem =
            'throttled' in result
              ? 'throttled'
              : `${result.functionError.errorType}: ${result.functionError.errorMessage}`;
        } catch (error) {
          problem = String(error);
        }
      }
      fail(`${functionName}: ${problem}`, body, options);
    },
  };
}

function payloadOf(event: object, options: TargetOptions): string {
  if (options.input !== undefined) return options.input;
  if (options.inputPath === undefined) return JSON.stringify(event);
  let value: unknown = event;
  for (const key of options.inputPath.split('.').slice(1))
    value = (value as Record<string, unknown> | undefined)?.[key];
  return JSON.stringify(value ?? null);
}

function fail(problem: string, body: string, options: TargetOptions): void {
  options.deadLetters?.send({ body, attributes: { ERROR_MESSAGE: { DataType: 'String', StringValue: problem } } });
  options.onFailure?.(problem);
}
