/** What goes back to the client. */
export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly string[];
  readonly body: Buffer;
}

/** The gateway's own answers: `{"message":"Not Found"}`. */
export function gatewayReply(status: number, message: string): HttpReply {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    cookies: [],
    body: Buffer.from(JSON.stringify({ message })),
  };
}

/**
 * A function's answer under payload format 2.0. An object with `statusCode` says everything itself; any other value is
 * the JSON body of a 200. An answer that cannot be sent becomes 500 `{"message":"Internal Server Error"}`.
 */
export function replyOf(payload: unknown): HttpReply {
  if (payload === null || typeof payload !== 'object' || !('statusCode' in payload)) {
    const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
    return { status: 200, headers: { 'content-type': 'application/json' }, cookies: [], body: Buffer.from(body) };
  }
  const {
    statusCode,
    headers = {},
    cookies = [],
    body = '',
    isBase64Encoded = false,
  } = payload as Record<string, unknown>;
  const status = Number(statusCode);
  const sendable =
    Number.isInteger(status) &&
    status >= 200 &&
    status <= 599 &&
    typeof body === 'string' &&
    Array.isArray(cookies) &&
    headers !== null &&
    typeof headers === 'object' &&
    Object.values(headers).every((value) => ['string', 'number', 'boolean'].includes(typeof value));
  if (!sendable) return gatewayReply(500, 'Internal Server Error');
  const lowerCase = Object.fromEntries(
    Object.entries(headers as object).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
  return {
    status,
    headers: { ...(body !== '' && { 'content-type': 'text/plain;charset=UTF-8' }), ...lowerCase },
    cookies: cookies.map(String),
    body: Buffer.from(body, isBase64Encoded === true ? 'base64' : 'utf8'),
  };
}
