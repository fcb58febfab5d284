import type { z } from 'zod';

/**
 * Who may subscribe. `owner-account` and `owner-character`: only the player that the destination names; `everyone`:
 * any session; `party`, `guild`, `zone`: members, as the owning domain's `topicAudience` in `public.ts` answers.
 */
export type TopicAudience = 'owner-account' | 'owner-character' | 'everyone' | 'party' | 'guild' | 'zone';

export interface TopicBase {
  /** STOMP destination template: `/topic/player/{accountId}/notifications`. */
  readonly destination: string;
  readonly summary: string;
  readonly audience: TopicAudience;
  /** Body of each MESSAGE, as JSON. */
  readonly message: z.ZodType;
  /** `gateway`: the WebSocket API; `fleet`: the zone socket, for what is too frequent for the gateway. */
  readonly transport: 'gateway' | 'fleet';
  /** How many messages a returning client can catch up on with `last-seq`; at most 100. */
  readonly replay: { readonly messages: number; readonly seconds: number };
}

type DestinationParams<D extends string> = D extends `${string}{${infer Name}}${infer Rest}`
  ? Name | DestinationParams<Rest>
  : never;

/** Values for the placeholders of a topic's destination. */
export type TopicParams<T extends TopicBase> = Readonly<Record<DestinationParams<T['destination']>, string>>;

/** Declares a topic: subscription authorization, push and AsyncAPI come from it. */
export function defineTopic<const T extends TopicBase>(spec: T): T & { readonly kind: 'topic' } {
  return { kind: 'topic', ...spec };
}

export type Topic = TopicBase & { readonly kind: 'topic' };

/** Fills the placeholders of a destination. */
export function destinationOf<T extends TopicBase>(topic: T, params: TopicParams<T>): string {
  return topic.destination.replace(/\{(\w+)\}/g, (_whole, name: string) => (params as Record<string, string>)[name]!);
}
