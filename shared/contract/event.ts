import * as z from 'zod';

/** A fact that has happened, as the registry declares it. */
export interface EventDefinition<Name extends string = string, Detail extends z.ZodType = z.ZodType> {
  readonly kind: 'event';
  /** The customer's name: `NPC_DIED`. */
  readonly name: Name;
  /** Rises only for a breaking change of the detail; the old version is then published beside it for 30 days. */
  readonly version: number;
  /** Domain whose commits publish it. */
  readonly owner: string;
  readonly summary: string;
  readonly detail: Detail;
}

/** Declares an event: the publisher's type, the rule's pattern, the subscriber's union and AsyncAPI come from it. */
export function defineEvent<const Name extends string, Detail extends z.ZodType>(spec: {
  name: Name;
  version: number;
  owner: string;
  summary: string;
  detail: Detail;
}): EventDefinition<Name, Detail> {
  return { kind: 'event', ...spec };
}

/** Who caused an event: travels with it, so that reactions can be traced to somebody. */
export const EventActor = z.strictObject({
  accountId: z.string().optional(),
  characterId: z.string().optional(),
  sessionId: z.string().optional(),
  /** `player`, or the part of the system that acted by itself, such as `fleet` or `job:session.expire`. */
  origin: z.string().max(64),
});
export type EventActor = z.infer<typeof EventActor>;

/** What every event carries around its detail: the `Detail` of the EventBridge entry, at most 32 KB. */
export interface EventEnvelope<D extends EventDefinition = EventDefinition> {
  /** Derived from the operation and the position, so that a republished event has the same id. */
  readonly id: string;
  readonly name: D['name'];
  readonly version: number;
  /** ISO 8601. */
  readonly occurredAt: string;
  readonly aggregateId: string;
  /** The aggregate's version after the operation: rises with every change of that aggregate. */
  readonly aggregateSeq: number;
  /** The request or schedule that began the chain. */
  readonly correlationId: string;
  /** The event or request that directly caused this one. */
  readonly causationId: string;
  readonly traceparent?: string;
  readonly actor: EventActor;
  readonly data: z.output<D['detail']>;
}

/** The `Source` of a domain's events on the bus. */
export function eventSource(owner: string): string {
  return `necpgame.${owner}`;
}
