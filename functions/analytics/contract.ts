import * as z from 'zod';
import { eventRegistry } from '#events/registry.ts';
import { defineDomain } from '#shared/contract/domain.ts';
import { defineEndpoint } from '#shared/contract/endpoint.ts';
import { defineSubscriber } from '#shared/contract/subscriber.ts';

export const Day = z.iso.date().meta({ description: 'Day in UTC', examples: ['2026-11-22'] });

export const listEvents = defineEndpoint({
  id: 'analytics.list-events',
  method: 'GET',
  path: '/api/v1/admin/analytics/events',
  summary: 'Count the events of a day',
  description: 'By the day on which they happened, in UTC. Each event counts once, however often it was delivered.',
  auth: 'account',
  roles: ['admin'],
  query: z.strictObject({ day: Day }),
  success: 200,
  response: z.strictObject({
    day: Day,
    events: z.array(z.strictObject({ name: z.string(), count: z.int().min(1) })).meta({
      description: 'Most frequent first; events that did not happen are left out',
    }),
  }),
  errors: [],
  idempotency: 'none',
  rate: 'read',
  budget: { readUnits: 16, writeUnits: 0 },
  needs: { table: 'read' },
  impact: 'Operators do not see how often things happen.',
});

export const countEvents = defineSubscriber({
  id: 'analytics.count-events',
  on: eventRegistry,
  needs: { table: 'write' },
  // Counters of one shard collide when worked on at once; more workers than shards would only wait for each other.
  maxConcurrency: 8,
  impact: 'Events are not counted; the counts of the day are too low until the dead letters are redriven.',
});

export const domain = defineDomain({
  name: 'analytics',
  summary: 'How often what happens in the game: counts of every event by day.',
  endpoints: [listEvents],
  subscribers: [countEvents],
});
