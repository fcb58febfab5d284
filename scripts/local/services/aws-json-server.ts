import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { AwsError } from './aws-error.ts';
import { HttpService, readBody } from './http-service.ts';

export type AwsAction = (input: unknown) => unknown;

/** An action whose input is checked first; what does not fit is the service's ValidationException. */
export function action<S extends z.ZodType>(input: S, run: (input: z.output<S>) => unknown): AwsAction {
  return (raw) => {
    const parsed = input.safeParse(raw);
    if (!parsed.success) throw new AwsError('ValidationException', z.prettifyError(parsed.error));
    return run(parsed.data);
  };
}

export interface AwsJsonServerOptions {
  readonly port: number;
  /** What stands before the dot in `X-Amz-Target`, such as `AmazonSQS`. */
  readonly target: string;
  readonly protocol: '1.0' | '1.1';
  readonly actions: Readonly<Record<string, AwsAction>>;
  readonly bodyLimitBytes: number;
}

/** Serves one AWS JSON service on the loopback, unsigned. Actions that it does not know are an error to the caller. */
export class AwsJsonServer extends HttpService {
  readonly #options: AwsJsonServerOptions;

  constructor(options: AwsJsonServerOptions) {
    super(options.port);
    this.#options = options;
  }

  protected async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, body, headers } = await this.#answer(request).catch(failureOf);
    response.writeHead(status, {
      'content-type': `application/x-amz-json-${this.#options.protocol}`,
      'x-amzn-requestid': randomUUID(),
      ...headers,
    });
    response.end(JSON.stringify(body));
  }

  async #answer(request: IncomingMessage): Promise<Answer> {
    const [prefix, name] = String(request.headers['x-amz-target'] ?? '').split('.');
    const body = await readBody(request, this.#options.bodyLimitBytes);
    const run =
      prefix === this.#options.target && name !== undefined && Object.hasOwn(this.#options.actions, name)
        ? this.#options.actions[name]
        : undefined;
    if (!run)
      throw new AwsError(
        'UnknownOperationException',
        `The local ${this.#options.target} does not know ${prefix}.${name}`,
      );
    let input: unknown;
    try {
      input = JSON.parse(body.toString('utf8') || '{}');
    } catch {
      throw new AwsError('SerializationException', 'The body is not JSON');
    }
    return { status: 200, body: (await run(input)) ?? {}, headers: {} };
  }
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

function failureOf(error: unknown): Answer {
  const known = error instanceof AwsError ? error : new AwsError('InternalFailure', String(error), { status: 500 });
  return {
    status: known.status,
    body: { __type: known.code, message: known.message },
    headers: {
      'x-amzn-errortype': known.code,
      ...(known.queryCode ? { 'x-amzn-query-error': `${known.queryCode};Sender` } : {}),
    },
  };
}
