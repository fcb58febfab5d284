import type { CorsDeclaration } from '../gateway/declaration.ts';
import type { ParsedRequest } from './event.ts';
import type { HttpReply } from './response.ts';

/**
 * With a CORS configuration the gateway answers preflight requests itself, and replaces the CORS headers of functions
 * by its own.
 */
export function preflightReply(cors: CorsDeclaration, request: ParsedRequest): HttpReply {
  const headers = { ...originHeaders(cors, request.headers.origin) };
  if (headers['access-control-allow-origin'] !== undefined) {
    if (cors.AllowMethods.length > 0) headers['access-control-allow-methods'] = cors.AllowMethods.join(',');
    if (cors.AllowHeaders.length > 0) headers['access-control-allow-headers'] = cors.AllowHeaders.join(',');
    if (cors.MaxAge !== undefined) headers['access-control-max-age'] = String(cors.MaxAge);
  }
  return { status: 204, headers, cookies: [], body: Buffer.alloc(0) };
}

/** True for what a browser sends before a cross-origin call. */
export function isPreflight(request: ParsedRequest): boolean {
  return (
    request.method === 'OPTIONS' &&
    request.headers.origin !== undefined &&
    request.headers['access-control-request-method'] !== undefined
  );
}

export function withCors(cors: CorsDeclaration, request: ParsedRequest, reply: HttpReply): HttpReply {
  const own = Object.entries(reply.headers).filter(([name]) => !name.startsWith('access-control-'));
  const headers = { ...Object.fromEntries(own), ...originHeaders(cors, request.headers.origin) };
  if (headers['access-control-allow-origin'] !== undefined && cors.ExposeHeaders.length > 0) {
    headers['access-control-expose-headers'] = cors.ExposeHeaders.join(',');
  }
  return { ...reply, headers };
}

function originHeaders(cors: CorsDeclaration, origin: string | undefined): Record<string, string> {
  if (origin === undefined) return {};
  const any = cors.AllowOrigins.includes('*');
  const allowed = any || cors.AllowOrigins.some((pattern) => matchesOrigin(pattern, origin));
  if (!allowed) return {};
  return {
    'access-control-allow-origin': any ? '*' : origin,
    ...(!any && { vary: 'Origin' }),
    ...(cors.AllowCredentials && { 'access-control-allow-credentials': 'true' }),
  };
}

/** `https://*` and `http://*` stand for every origin of their scheme. */
function matchesOrigin(pattern: string, origin: string): boolean {
  return pattern.endsWith('://*') ? origin.startsWith(pattern.slice(0, -1)) : pattern === origin;
}
