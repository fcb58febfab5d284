import type * as z from 'zod';
import type { EventDefinition } from '#shared/contract/event.ts';
import { destinationOf, type TopicBase, type TopicParams } from '#shared/contract/topic.ts';
import type { Write } from '#shared/table/write.ts';

/** An event about to be published with a commit. */
export interface DomainEvent {
  readonly definition: EventDefinition;
  readonly aggregateId: string;
  readonly aggregateSeq: number;
  readonly data: unknown;
}

/** A message about to go to a topic with a commit. */
export interface Push {
  readonly destination: string;
  readonly body: unknown;
}

/**
 * Pieces of one commit. A domain's `public.ts` returns them so that another domain can make them part of its own
 * transaction; nothing happens until an operation commits them.
 */
export interface Changes {
  readonly writes?: readonly Write[];
  readonly events?: readonly DomainEvent[];
  readonly pushes?: readonly Push[];
}

/** An event with its detail, checked against its declaration when it is committed. */
export function event<D extends EventDefinition>(
  definition: D,
  fact: { aggregateId: string; aggregateSeq: number; data: z.input<D['detail']> },
): DomainEvent {
  return { definition, ...fact };
}

/** A message to one topic. */
export function push<T extends TopicBase>(topic: T, params: TopicParams<T>, body: z.input<T['message']>): Push {
  return { destination: destinationOf(topic, params), body: topic.message.parse(body) };
}

/** All pieces as one, in order. */
export function mergeChanges(...parts: readonly Changes[]): Required<Changes> {
  return {
    writes: parts.flatMap((part) => part.writes ?? []),
    events: parts.flatMap((part) => part.events ?? []),
    pushes: parts.flatMap((part) => part.pushes ?? []),
  };
}
