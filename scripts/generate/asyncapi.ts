import * as z from 'zod';
import { eventRegistry } from '#events/registry.ts';
import { domains } from '#functions/domains.ts';
import { eventSource } from '#shared/contract/event.ts';

function schemaOf(schema: z.ZodType): object {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' });
  return rest;
}

function parametersOf(destination: string): Record<string, object> {
  return Object.fromEntries([...destination.matchAll(/\{(\w+)\}/g)].map(([, name]) => [name!, {}]));
}

/** AsyncAPI 3.0 of everything that is pushed or published: STOMP topics, and the events on the bus with who reacts. */
export function asyncApiDocument(): object {
  const topics = domains.flatMap((domain) => domain.topics.map((topic) => ({ domain, topic })));
  const channels: Record<string, object> = {};
  const operations: Record<string, object> = {};
  for (const { domain, topic } of topics) {
    const id = topic.destination
      .replace(/^\/topic\//, '')
      .replace(/[/{}]+/g, '-')
      .replace(/-+$/, '');
    channels[id] = {
      address: topic.destination,
      title: topic.summary,
      description: `Audience: ${topic.audience}. Replay on \`last-seq\`: ${topic.replay.messages} messages, ${topic.replay.seconds} s.`,
      tags: [{ name: domain.name }],
      servers: [{ $ref: `#/servers/${topic.transport === 'gateway' ? 'websocket' : 'zone'}` }],
      parameters: parametersOf(topic.destination),
      messages: { message: { contentType: 'application/json', payload: schemaOf(topic.message) } },
    };
    operations[`receive-${id}`] = { action: 'receive', channel: { $ref: `#/channels/${id}` }, summary: topic.summary };
  }
  const subscribers = domains.flatMap((domain) => domain.subscribers);
  for (const event of eventRegistry) {
    const reactions = subscribers.filter((one) => one.on.some((on) => on.name === event.name)).map((one) => one.id);
    channels[event.name] = {
      address: `${eventSource(event.owner)}/${event.name}`,
      title: event.summary,
      description: reactions.length > 0 ? `Reactions: ${reactions.join(', ')}.` : 'Nobody reacts yet.',
      tags: [{ name: event.owner }],
      servers: [{ $ref: '#/servers/bus' }],
      messages: {
        [`v${event.version}`]: { name: event.name, contentType: 'application/json', payload: schemaOf(event.detail) },
      },
    };
    operations[`publish-${event.name}`] = { action: 'send', channel: { $ref: `#/channels/${event.name}` } };
  }
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'NECPGAME topics and events',
      version: '1.0.0',
      description:
        'Topics reach players as STOMP 1.2 MESSAGE frames whose header `seq` rises by one per destination. ' +
        'Events travel on the bus inside an envelope (id, name, version, aggregate, correlation, actor), at least once and unordered.',
    },
    servers: {
      websocket: { host: 'the stage’s WebSocket API', protocol: 'stomp', description: 'Subprotocol v12.stomp' },
      zone: { host: 'the url that POST /api/v1/zones/{zoneId}/enter answers', protocol: 'wss' },
      bus: { host: 'the stage’s event bus', protocol: 'eventbridge' },
    },
    channels,
    operations,
  };
}
