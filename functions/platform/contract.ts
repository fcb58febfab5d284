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

export const domain = defineDomain({
  name: 'platform',
  summary: 'Authorizers, the outbox relay and its sweeper, migrations.',
  triggers: [relay],
  jobs: [sweepOutbox],
});
