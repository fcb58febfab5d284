import { defineTopic } from '#shared/contract/topic.ts';
import { zoneChatMessage, zoneEventMessage } from '#shared/contract/zone-cold-messages.ts';

/** Both travel on the zone's own socket, to whoever is in the zone: entering it is the subscription. */
const onZoneSocket = { audience: 'zone', transport: 'fleet', replay: { messages: 0, seconds: 0 } } as const;

export const zoneChat = defineTopic({
  ...onZoneSocket,
  destination: '/topic/zone/{zoneId}/chat',
  summary: 'What characters say to everybody in the zone',
  message: zoneChatMessage,
});

export const zoneEvents = defineTopic({
  ...onZoneSocket,
  destination: '/topic/zone/{zoneId}/events',
  summary: 'What happens in the zone: arrivals, departures, deaths; at most 10 a second',
  message: zoneEventMessage,
});
