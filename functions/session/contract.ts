import * as z from 'zod';
import { LOGIN_SUCCESS } from '#events/auth.ts';
import { defineDomain } from '#shared/contract/domain.ts';
import { defineEndpoint } from '#shared/contract/endpoint.ts';
import { defineJob } from '#shared/contract/job.ts';
import { defineSubscriber } from '#shared/contract/subscriber.ts';
import { CharacterId, SessionId } from '#shared/kernel/ids.ts';
import { sessionLimits } from './rules.ts';

export const listSessions = defineEndpoint({
  id: 'session.list-sessions',
  method: 'GET',
  path: '/api/v1/auth/sessions',
  summary: 'List your open sessions',
  description: 'One per login that has not ended, oldest first. A login of this moment may be missing.',
  auth: 'account',
  success: 200,
  response: z.strictObject({
    sessions: z
      .array(
        z.strictObject({
          sessionId: SessionId,
          device: z.string().meta({ description: 'What the client called itself when it logged in' }),
          startedAt: z.iso.datetime(),
          lastSeenAt: z.iso.datetime(),
          current: z.boolean().meta({ description: 'The session that asks' }),
          characterId: CharacterId.optional().meta({ description: 'The character that it plays' }),
        }),
      )
      .max(4 * sessionLimits.sessionsPerAccount),
  }),
  errors: [],
  idempotency: 'none',
  rate: 'read',
  needs: { table: 'read' },
  impact: 'Players cannot see where they are logged in.',
  budget: { readUnits: 4, writeUnits: 0 },
});

export const revokeSession = defineEndpoint({
  id: 'session.revoke-session',
  method: 'DELETE',
  path: '/api/v1/auth/sessions/{sessionId}',
  summary: 'End one of your sessions',
  description:
    'Its tokens move nothing of value from this moment, its sockets close within seconds, its character leaves the world.',
  auth: 'account',
  params: z.strictObject({ sessionId: SessionId }),
  success: 204,
  errors: [],
  idempotency: 'none',
  rate: 'write',
  needs: { table: 'write' },
  impact: 'Players cannot throw a stranger out of their account.',
  budget: { readUnits: 2, writeUnits: 30 },
});

export const heartbeat = defineEndpoint({
  id: 'session.heartbeat',
  method: 'POST',
  path: '/api/v1/auth/session/heartbeat',
  summary: 'Tell that this session is alive',
  description:
    'Call it every `nextInSeconds`. A session that plays a character ends after 15 minutes without a heart-beat, one ' +
    'that plays none after 7 days.',
  auth: 'account',
  success: 200,
  response: z.strictObject({
    serverTime: z.iso.datetime(),
    nextInSeconds: z.int().min(1).meta({ description: 'When to call again' }),
  }),
  errors: [],
  idempotency: 'none',
  rate: 'write',
  needs: { table: 'write' },
  impact: 'Sessions of active players end after 15 minutes.',
  budget: { readUnits: 1, writeUnits: 1 },
});

export const closeSurplus = defineSubscriber({
  id: 'session.close-surplus',
  on: [LOGIN_SUCCESS],
  needs: { table: 'write' },
  impact: 'Accounts keep more open sessions than they may have.',
});

export const closeIdle = defineJob({
  id: 'session.close-idle',
  schedule: 'rate(1 minute)',
  needs: { table: 'write' },
  impact: 'Sessions of players who are gone stay open, and their characters stay in the world.',
  timeoutSeconds: 50,
});

export const domain = defineDomain({
  name: 'session',
  summary: 'Live sessions and the character that each of them plays.',
  endpoints: [listSessions, revokeSession, heartbeat],
  subscribers: [closeSurplus],
  jobs: [closeIdle],
});
