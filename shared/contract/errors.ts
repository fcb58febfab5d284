/** What a client can rely on for one error code: permanent name, status, and whether trying again may help. */
export interface ErrorSpec {
  readonly status: 400 | 401 | 403 | 404 | 409 | 410 | 413 | 415 | 422 | 423 | 429 | 500 | 503;
  /** Safe to show to a player; never holds internals. */
  readonly message: string;
  /** `after-change`: only another request can succeed; `later`: the same request may succeed after a while. */
  readonly retry: 'never' | 'after-change' | 'later';
}

export type ErrorCatalogue = Readonly<Record<string, ErrorSpec>>;

const registered = new Map<string, ErrorSpec>();

function register(catalogue: ErrorCatalogue): void {
  for (const [code, spec] of Object.entries(catalogue)) registered.set(code, spec);
}

/** The declaration of a code, when its catalogue is part of this program. */
export function errorSpec(code: string): ErrorSpec | undefined {
  return registered.get(code);
}

/** Names a domain's errors `<domain>.<key>`; the code is what clients switch on and never changes its meaning. */
export function defineErrors<const D extends string, const C extends ErrorCatalogue>(
  domain: D,
  catalogue: C,
): { readonly [K in keyof C & string as `${D}.${K}`]: C[K] } {
  const named = Object.fromEntries(Object.entries(catalogue).map(([key, spec]) => [`${domain}.${key}`, spec]));
  register(named);
  return named as never;
}

/** Errors that any endpoint may answer because the pipeline itself raises them. */
export const pipelineErrors = {
  'request.invalid': { status: 400, message: 'The request is malformed.', retry: 'after-change' },
  'request.body_too_large': { status: 413, message: 'The body is too large.', retry: 'after-change' },
  'request.unsupported_media_type': {
    status: 415,
    message: 'Send the body as application/json.',
    retry: 'after-change',
  },
  'request.idempotency_key_missing': {
    status: 400,
    message: 'This operation needs an Idempotency-Key header.',
    retry: 'after-change',
  },
  'request.idempotency_mismatch': {
    status: 409,
    message: 'This Idempotency-Key was used for another request.',
    retry: 'after-change',
  },
  'request.rate_limited': { status: 429, message: 'Too many requests.', retry: 'later' },
  'request.conflict': { status: 409, message: 'The state changed at the same moment.', retry: 'later' },
  'request.not_found': { status: 404, message: 'There is no such thing.', retry: 'never' },
  'auth.unauthenticated': { status: 401, message: 'Log in first.', retry: 'after-change' },
  'auth.forbidden': { status: 403, message: 'You may not do that.', retry: 'never' },
  'auth.session_ended': { status: 401, message: 'This session has ended.', retry: 'after-change' },
  'auth.step_up_required': {
    status: 403,
    message: 'Prove again that it is you: send your password or a code to /api/v1/auth/step-up.',
    retry: 'after-change',
  },
  'auth.second_factor_required': {
    status: 403,
    message: 'Staff prove themselves by a second factor: turn it on, and send a code of it to /api/v1/auth/step-up.',
    retry: 'after-change',
  },
  'auth.no_character': { status: 403, message: 'Select a character first.', retry: 'after-change' },
  'service.internal': { status: 500, message: 'Something went wrong on our side.', retry: 'later' },
  'service.unavailable': { status: 503, message: 'The service is busy.', retry: 'later' },
} as const satisfies ErrorCatalogue;
register(pipelineErrors);

export type PipelineErrorCode = keyof typeof pipelineErrors;

/**
 * A refusal with a declared code. Rules, stores and endpoints throw it; the pipeline answers it as
 * `application/problem+json` when the endpoint declares the code, and as an opaque 500 when it does not.
 */
export class GameError<Code extends string = string> extends Error {
  override readonly name = 'GameError';
  readonly code: Code;
  /** Facts about this refusal that a client may use: JSON, small, no secrets. */
  readonly facts: Readonly<Record<string, string | number | boolean>>;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: Code,
    facts: Readonly<Record<string, string | number | boolean>> = {},
    options: { retryAfterSeconds?: number; cause?: unknown } = {},
  ) {
    super(code, { cause: options.cause });
    this.code = code;
    this.facts = facts;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}
