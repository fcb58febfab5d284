import type { ApiDeclaration, AuthorizerDeclaration } from '../gateway/declaration.ts';
import { withTimeout } from '../gateway/with-timeout.ts';
import type { InvokeLambda } from '../service.ts';
import type { Connection, HandshakeFields } from './connection.ts';
import { requestContext } from './event.ts';

/** The context to remember, or the status that refuses the upgrade. */
export type ConnectVerdict =
  | { readonly context: Record<string, unknown> }
  | { readonly status: 401 | 403 | 500; readonly message: string };

const AUTHORIZER_TIMEOUT_MS = 10_000;

/**
 * Asks a WebSocket API's REQUEST authorizer, which answers an IAM policy for `$connect`. A missing identity source and
 * the error `Unauthorized` are 401, a policy without permission is 403, anything unexpected is 500. Never cached.
 */
export async function authorizeConnect(
  api: ApiDeclaration,
  authorizer: AuthorizerDeclaration,
  invoke: InvokeLambda,
  connection: Connection,
  handshake: HandshakeFields,
): Promise<ConnectVerdict> {
  for (const source of authorizer.identitySources) {
    if (!identityOf(api, source, handshake)) return { status: 401, message: 'Unauthorized' };
  }
  const methodArn = `arn:aws:execute-api:${api.region}:${api.accountId}:${api.id}/${api.stage}/$connect`;
  const event = {
    type: 'REQUEST',
    methodArn,
    ...handshake,
    requestContext: requestContext(api, connection, '$connect', 'CONNECT', connection.connectedAtMs),
  };
  const result = await withTimeout(invoke(authorizer.functionArn, event), AUTHORIZER_TIMEOUT_MS);
  if (result && 'functionError' in result && result.functionError.errorMessage === 'Unauthorized') {
    return { status: 401, message: 'Unauthorized' };
  }
  if (!result || !('payload' in result)) return { status: 500, message: 'Internal server error' };
  return judge(result.payload, methodArn);
}

function judge(payload: unknown, methodArn: string): ConnectVerdict {
  const policy = payload as {
    principalId?: unknown;
    policyDocument?: { Statement?: unknown };
    context?: Record<string, unknown>;
  } | null;
  const statements = policy?.policyDocument?.Statement;
  if (typeof policy?.principalId !== 'string' || !Array.isArray(statements)) {
    return { status: 500, message: 'Internal server error' };
  }
  const values = Object.values(policy.context ?? {});
  if (values.some((value) => !['string', 'number', 'boolean'].includes(typeof value))) {
    return { status: 500, message: 'Internal server error' };
  }
  const applying = statements.filter((statement: { Action?: unknown; Resource?: unknown }) => {
    const actions = [statement.Action].flat().map(String);
    const resources = [statement.Resource].flat().map(String);
    return (
      actions.some((action) => matchesWildcard(action, 'execute-api:Invoke')) &&
      resources.some((resource) => matchesWildcard(resource, methodArn))
    );
  }) as { Effect?: unknown }[];
  const denied = applying.some(({ Effect }) => Effect === 'Deny');
  if (denied || !applying.some(({ Effect }) => Effect === 'Allow')) return { status: 403, message: 'Forbidden' };
  return { context: { principalId: policy.principalId, integrationLatency: 0, ...policy.context } };
}

function matchesWildcard(pattern: string, text: string): boolean {
  const source = pattern.split('*').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${source.join('.*')}$`, 'i').test(text);
}

function identityOf(api: ApiDeclaration, source: string, handshake: HandshakeFields): string | undefined {
  const [, kind, name] = /^route\.request\.(header|querystring)\.([\w-]+)$/.exec(source) ?? [];
  if (kind === 'querystring') return handshake.queryStringParameters?.[name!];
  if (kind === 'header') {
    // Header identity sources are compared without regard to case.
    const found = Object.entries(handshake.headers).find(([header]) => header.toLowerCase() === name!.toLowerCase());
    return found?.[1];
  }
  throw new Error(`${api.name}: the identity source ${source} is not supported locally`);
}
