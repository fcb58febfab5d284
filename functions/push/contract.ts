import { CHARACTER_SWITCHED } from '#events/character.ts';
import { PARTY_DISBANDED, PLAYER_LEFT_PARTY } from '#events/party.ts';
import { LOGOUT, SESSION_CLOSED, SESSION_RESTED } from '#events/session.ts';
import { defineDomain } from '#shared/contract/domain.ts';
import { defineSubscriber } from '#shared/contract/subscriber.ts';
import { defineTrigger } from '#shared/contract/trigger.ts';

export const connect = defineTrigger({
  id: 'push.connect',
  trigger: { kind: 'websocket-route', route: '$connect' },
  needs: { table: 'write', sockets: true },
  impact: 'Players cannot open the STOMP socket: no pushes reach them.',
  timeoutSeconds: 10,
});

export const message = defineTrigger({
  id: 'push.message',
  trigger: { kind: 'websocket-route', route: '$default' },
  needs: { table: 'write', sockets: true },
  impact: 'Sockets open, but nobody can subscribe to anything.',
  timeoutSeconds: 20,
});

export const disconnect = defineTrigger({
  id: 'push.disconnect',
  trigger: { kind: 'websocket-route', route: '$disconnect' },
  needs: { table: 'write' },
  impact: 'Rows of closed sockets stay until a delivery finds them gone or they expire.',
  timeoutSeconds: 10,
});

export const deliver = defineTrigger({
  id: 'push.deliver',
  trigger: { kind: 'queue', queue: 'push' },
  needs: { table: 'write', sockets: true, queues: ['push'] },
  impact: 'Pushes do not reach the players; they catch up with last-seq once it works again.',
  timeoutSeconds: 30,
});

export const closeSockets = defineSubscriber({
  id: 'push.close-sockets',
  on: [LOGOUT, SESSION_CLOSED],
  needs: { table: 'write', sockets: true },
  impact: 'Sockets of ended sessions stay open until their next frame.',
});

export const endSubscriptions = defineSubscriber({
  id: 'push.end-subscriptions',
  on: [PLAYER_LEFT_PARTY, PARTY_DISBANDED, CHARACTER_SWITCHED, SESSION_RESTED],
  needs: { table: 'write' },
  impact: 'Players go on hearing what is said in groups that they have left.',
});

export const domain = defineDomain({
  name: 'push',
  summary: 'STOMP over the WebSocket API and delivery to topics.',
  triggers: [connect, message, disconnect, deliver],
  subscribers: [closeSockets, endSubscriptions],
});
