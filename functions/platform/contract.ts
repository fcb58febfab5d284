import { defineDomain } from '#shared/contract/domain.ts';
import { defineJob } from '#shared/contract/job.ts';
import { defineTrigger } from '#shared/contract/trigger.ts';

export const relay = defineTrigger({
  id: 'platform.relay',
  trigger: { kind: 'table-stream', filter: 'outbox' },
  needs: { table: 'write', bus: true, queues: ['push'] },
  impact: 'Events and pushes of committed operations are delayed until the sweeper publishes them.',
  timeoutSeconds: 30,
});

export const sweepOutbox = defineJob({
  id: 'platform.sweep-outbox',
  schedule: 'rate(1 minute)',
  needs: { table: 'write', bus: true, queues: ['push'] },
  impact: 'Events that the relay could not publish stay unpublished.',
  timeoutSeconds: 50,
});

export const authorizeHttp = defineTrigger({
  id: 'platform.authorize-http',
  trigger: { kind: 'authorizer', api: 'http' },
  needs: { table: 'read', secrets: ['token-signing-keys'] },
  impact: 'No player can do anything: every request with a token is refused.',
  timeoutSeconds: 5,
});

export const authorizeSocket = defineTrigger({
  id: 'platform.authorize-socket',
  trigger: { kind: 'authorizer', api: 'websocket' },
  needs: { table: 'write', secrets: ['token-signing-keys'], origins: true },
  impact: 'No player can open the STOMP socket.',
  timeoutSeconds: 5,
});

export const migrateLedger = defineTrigger({
  id: 'platform.migrate-ledger',
  trigger: { kind: 'deployment' },
  needs: { ledger: true },
  impact: 'A deployment stops before any function that relies on a newer ledger.',
  timeoutSeconds: 120,
});

export const fillSecrets = defineTrigger({
  id: 'platform.fill-secrets',
  trigger: { kind: 'deployment' },
  needs: { secrets: ['token-signing-keys'] },
  impact: 'A new stage has no keys to sign tokens with: nobody can log in.',
  timeoutSeconds: 30,
});

export const domain = defineDomain({
  name: 'platform',
  summary: 'Authorizers, the outbox relay and its sweeper, migrations.',
  triggers: [authorizeHttp, authorizeSocket, relay, migrateLedger, fillSecrets],
  jobs: [sweepOutbox],
});
