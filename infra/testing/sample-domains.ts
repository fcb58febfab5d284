import { z } from 'zod';
import { type Domain, defineDomain } from '#shared/contract/domain.ts';
import { defineEndpoint } from '#shared/contract/endpoint.ts';
import { defineEvent } from '#shared/contract/event.ts';
import { defineJob } from '#shared/contract/job.ts';
import { defineSubscriber } from '#shared/contract/subscriber.ts';
import { defineTrigger } from '#shared/contract/trigger.ts';

const impact = 'Nobody: this is a sample';
const event = (name: string, version: number, owner: string) =>
  defineEvent({ name, version, owner, summary: name, detail: z.strictObject({}) });

/** Two domains with every kind of function and every kind of need, so that tests do not hang on the game's own. */
export const sampleDomains: readonly Domain[] = [
  defineDomain({
    name: 'sample',
    summary: 'Every kind of function.',
    endpoints: [
      defineEndpoint({
        id: 'sample.read-thing',
        method: 'GET',
        path: '/api/v1/samples/{sampleId}',
        summary: 'Reads',
        auth: 'account',
        params: z.object({ sampleId: z.string() }),
        success: 204,
        errors: [],
        idempotency: 'none',
        rate: 'read',
        budget: { readUnits: 1, writeUnits: 0 },
        needs: { table: 'read' },
        impact,
      }),
      defineEndpoint({
        id: 'sample.pay',
        method: 'POST',
        path: '/api/v1/samples',
        summary: 'Pays',
        auth: 'public',
        success: 204,
        errors: [],
        idempotency: 'key',
        rate: 'value',
        budget: { readUnits: 1, writeUnits: 4 },
        needs: { table: 'write', ledger: true, secrets: ['password-pepper'], queues: ['push'] },
        impact,
        memoryMb: 1769,
        timeoutSeconds: 29,
        reservedConcurrency: 50,
      }),
      defineEndpoint({
        id: 'sample.inspect',
        method: 'GET',
        path: '/api/v1/admin/samples',
        summary: 'Inspects',
        auth: 'account',
        roles: ['admin'],
        success: 204,
        errors: [],
        idempotency: 'none',
        rate: 'read',
        budget: { readUnits: 1, writeUnits: 0 },
        needs: { table: 'read' },
        impact,
      }),
    ],
    subscribers: [
      defineSubscriber({
        id: 'sample.count-things',
        on: [event('THING_MADE', 1, 'sample'), event('THING_SOLD', 1, 'other'), event('THING_MADE', 2, 'sample')],
        needs: { table: 'write' },
        impact,
        maxConcurrency: 7,
      }),
    ],
    jobs: [
      defineJob({
        id: 'sample.clean-up',
        schedule: 'rate(5 minutes)',
        needs: { table: 'write', mail: true, scan: true },
        impact,
        alarms: [{ metric: 'LeftBehind', above: 3, periodMinutes: 5, what: 'Much was left behind' }],
      }),
    ],
  }),
  defineDomain({
    name: 'machine',
    summary: 'Every kind of trigger.',
    triggers: [
      defineTrigger({
        id: 'machine.connect',
        trigger: { kind: 'websocket-route', route: '$connect' },
        needs: { table: 'write' },
        impact,
      }),
      defineTrigger({
        id: 'machine.frame',
        trigger: { kind: 'websocket-route', route: '$default' },
        needs: { table: 'write', sockets: true },
        impact,
      }),
      defineTrigger({
        id: 'machine.disconnect',
        trigger: { kind: 'websocket-route', route: '$disconnect' },
        needs: { table: 'write' },
        impact,
      }),
      defineTrigger({
        id: 'machine.authorize',
        trigger: { kind: 'authorizer', api: 'http' },
        needs: { secrets: ['token-signing-keys'] },
        impact,
      }),
      defineTrigger({
        id: 'machine.authorize-socket',
        trigger: { kind: 'authorizer', api: 'websocket' },
        needs: { table: 'write' },
        impact,
      }),
      defineTrigger({
        id: 'machine.relay',
        trigger: { kind: 'table-stream', filter: 'outbox' },
        needs: { table: 'write', bus: true, queues: ['push'] },
        impact,
      }),
      defineTrigger({
        id: 'machine.note',
        trigger: { kind: 'table-stream', filter: 'settlements' },
        needs: { queues: ['settlement-check'] },
        impact,
      }),
      defineTrigger({
        id: 'machine.check',
        trigger: { kind: 'queue', queue: 'settlement-check', delaySeconds: 30 },
        needs: { table: 'write', ledger: true },
        impact,
      }),
      defineTrigger({
        id: 'machine.deliver',
        trigger: { kind: 'queue', queue: 'push' },
        needs: { table: 'write', sockets: true },
        impact,
        timeoutSeconds: 20,
      }),
      defineTrigger({ id: 'machine.migrate', trigger: { kind: 'deployment' }, needs: { ledger: true }, impact }),
      defineTrigger({
        id: 'machine.make-keys',
        trigger: { kind: 'deployment' },
        needs: { secrets: ['token-signing-keys'] },
        impact,
      }),
    ],
  }),
];
