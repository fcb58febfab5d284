import * as z from 'zod';
import { ACCOUNT_ERASED } from '#events/account.ts';
import { LOGIN_SUCCESS } from '#events/auth.ts';
import { SESSION_CLOSED, SESSION_RESTED } from '#events/session.ts';
import { ZONE_CHANGED, ZONE_LEFT } from '#events/zone.ts';
import { defineDomain } from '#shared/contract/domain.ts';
import { defineEndpoint } from '#shared/contract/endpoint.ts';
import { defineJob } from '#shared/contract/job.ts';
import { defineSubscriber } from '#shared/contract/subscriber.ts';
import { CharacterId, SessionId, Slug } from '#shared/kernel/ids.ts';
import { sessionErrors } from './errors.ts';
import { sessionLimits } from './rules.ts';
import { EstimatedSeconds, Position, queueTopic, ReservedUntil } from './topics.ts';

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

const VisibilityChoice = z.enum(['visible', 'invisible']).meta({
  description: 'Who is invisible is offline to everybody else; it stays so until it is changed',
});

export const heartbeat = defineEndpoint({
  id: 'session.heartbeat',
  method: 'POST',
  path: '/api/v1/auth/session/heartbeat',
  summary: 'Tell that this session is alive',
  description:
    'Call it every `nextInSeconds`. A session that plays a character counts as disconnected after 75 seconds without; ' +
    'within 5 minutes more a heart-beat resumes it, after that it has ended. Without `active: true` the player is shown ' +
    'as away after 5 minutes, and their session ends after 20. A session that plays none ends after 7 days of silence.',
  auth: 'account',
  body: z.strictObject({
    active: z.boolean().meta({ description: 'The player has done something since the last heart-beat' }),
    visibility: VisibilityChoice.optional(),
  }),
  success: 200,
  response: z.strictObject({
    serverTime: z.iso.datetime(),
    nextInSeconds: z.int().min(1).meta({ description: 'When to call again' }),
    resumed: z.boolean().meta({ description: 'The session counted as disconnected until now' }),
  }),
  errors: [],
  idempotency: 'none',
  rate: 'write',
  needs: { table: 'write' },
  impact: 'Players count as disconnected, and their sessions end after 6 minutes.',
  // As a rule 1 write; more when it brings somebody back, and others are told.
  budget: { readUnits: 2, writeUnits: 12 },
});

export const setPresence = defineEndpoint({
  id: 'session.set-presence',
  method: 'PUT',
  path: '/api/v1/auth/session/presence',
  summary: 'Show or hide yourself',
  auth: 'account',
  body: z.strictObject({ visibility: VisibilityChoice }),
  success: 200,
  response: z.strictObject({
    visibility: VisibilityChoice,
    status: z.enum(['online', 'afk', 'offline']).meta({ description: 'What others see now' }),
  }),
  errors: [],
  idempotency: 'none',
  rate: 'write',
  needs: { table: 'write' },
  impact: 'Players cannot hide from others.',
  budget: { readUnits: 2, writeUnits: 12 },
});

const Answer = z.strictObject({
  status: z.enum(['none', 'waiting', 'admitted']).meta({
    description: '`admitted`: a place is there; select a character',
  }),
  realmId: Slug.optional(),
  position: Position.optional(),
  estimatedSeconds: EstimatedSeconds,
  reservedUntil: ReservedUntil.optional(),
  refreshInSeconds: z
    .int()
    .min(1)
    .optional()
    .meta({ description: 'Join again that often to keep the place in the queue; after 60 seconds it is lost' }),
});

export const getQueue = defineEndpoint({
  id: 'session.get-queue',
  method: 'GET',
  path: '/api/v1/auth/queue',
  summary: 'See where you stand in the queue of a full realm',
  description: 'Does not keep the place: join again for that.',
  auth: 'account',
  success: 200,
  response: Answer,
  errors: [],
  idempotency: 'none',
  rate: 'read',
  needs: { table: 'read' },
  impact: 'Waiting players do not see their position.',
  budget: { readUnits: 8, writeUnits: 0 },
});

export const joinQueue = defineEndpoint({
  id: 'session.join-queue',
  method: 'POST',
  path: '/api/v1/auth/queue',
  summary: 'Ask for a place on a realm, or keep your place in its queue',
  description:
    'Where there is room and nobody waits, a place is reserved for a minute. Else you stand in the queue, first come, ' +
    'first served, and keep standing by calling this again within 60 seconds. Selecting a character on a full realm joins ' +
    'as well. Positions and the admission come on `/topic/player/{accountId}/queue`.',
  auth: 'account',
  body: z.strictObject({ realmId: Slug.meta({ description: 'Id of a realm', examples: ['glasswater'] }) }),
  success: 200,
  response: Answer,
  errors: ['session.realm_unknown', 'session.queue_full'],
  idempotency: 'none',
  rate: 'write',
  needs: { table: 'write', realmCap: true },
  impact: 'Players lose their places in the queue.',
  budget: { readUnits: 14, writeUnits: 20 },
});

export const leaveQueue = defineEndpoint({
  id: 'session.leave-queue',
  method: 'DELETE',
  path: '/api/v1/auth/queue',
  summary: 'Leave the queue',
  description: 'Gives up a reserved place too. Leaving when you do not wait changes nothing.',
  auth: 'account',
  success: 204,
  errors: [],
  idempotency: 'none',
  rate: 'write',
  needs: { table: 'write' },
  impact: 'Players who do not want to wait stay in the queue for a minute.',
  budget: { readUnits: 4, writeUnits: 16 },
});

export const capRealm = defineEndpoint({
  id: 'session.cap-realm',
  method: 'PUT',
  path: '/api/v1/admin/realms/{realmId}/cap',
  summary: 'Set how many players a realm holds at once',
  description: 'Who is in stays in; below the number nobody comes in but from the queue. Null: as the game says.',
  auth: 'account',
  stepUp: true,
  roles: ['admin'],
  params: z.strictObject({ realmId: Slug.meta({ description: 'Id of a realm', examples: ['glasswater'] }) }),
  body: z.strictObject({
    cap: z.int().min(1).max(1_000_000).nullable(),
    reason: z.string().min(3).max(200).meta({ description: 'Kept with the cap' }),
  }),
  success: 200,
  response: z.strictObject({
    realmId: Slug,
    cap: z.int().min(1),
    population: z.int().min(0).meta({ description: 'Places that are taken now' }),
  }),
  errors: ['session.realm_unknown'],
  idempotency: 'none',
  rate: 'write',
  needs: { table: 'write', realmCap: true },
  impact: 'Operators cannot relieve a realm.',
  budget: { readUnits: 7, writeUnits: 6 },
});

export const closeSurplus = defineSubscriber({
  id: 'session.close-surplus',
  on: [LOGIN_SUCCESS],
  needs: { table: 'write' },
  impact: 'Accounts keep more open sessions than they may have.',
});

export const settleSession = defineSubscriber({
  id: 'session.settle-session',
  on: [SESSION_CLOSED, SESSION_RESTED],
  needs: { table: 'write', realmCap: true },
  impact:
    'Players who left are shown online for a minute longer, and keep their places on a realm for up to half an hour.',
});

export const followZone = defineSubscriber({
  id: 'session.follow-zone',
  on: [ZONE_CHANGED, ZONE_LEFT],
  needs: { table: 'write' },
  impact: 'Friends do not see in which zone a player is.',
});

export const erasePersonalData = defineSubscriber({
  id: 'session.erase-personal-data',
  on: [ACCOUNT_ERASED],
  needs: { table: 'write' },
  impact: 'Names of devices of erased accounts stay until their sessions expire after 30 days.',
});

export const closeIdle = defineJob({
  id: 'session.close-idle',
  schedule: 'rate(1 minute)',
  needs: { table: 'write' },
  impact: 'Sessions of players who are gone or away stay open, and their characters stay in the world.',
  timeoutSeconds: 50,
});

export const admitQueued = defineJob({
  id: 'session.admit-queued',
  schedule: 'rate(1 minute)',
  needs: { table: 'write', realmCap: true },
  impact: 'Nobody comes in from the queue of a full realm, and places of players who were cut off stay taken.',
  timeoutSeconds: 59,
});

export const domain = defineDomain({
  name: 'session',
  summary: 'Live sessions, the character that each of them plays, presence, and the queues of full realms.',
  errors: sessionErrors,
  endpoints: [listSessions, revokeSession, heartbeat, setPresence, getQueue, joinQueue, leaveQueue, capRealm],
  subscribers: [closeSurplus, settleSession, followZone, erasePersonalData],
  jobs: [closeIdle, admitQueued],
  topics: [queueTopic],
});
