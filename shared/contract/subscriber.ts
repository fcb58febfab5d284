import type { EventDefinition, EventEnvelope } from './event.ts';
import type { FunctionSpec } from './needs.ts';

export interface SubscriberBase extends FunctionSpec {
  readonly on: readonly EventDefinition[];
  /** Most messages worked on at once across all instances (SQS MaximumConcurrency, 2–1000). */
  readonly maxConcurrency?: number;
}

/**
 * Declares a reaction to events: rule → queue (dead letters after 5 tries) → one function with partial batch response.
 * Delivery is at least once and unordered; the inbox mark in the reaction's commit makes it take effect once.
 */
export function defineSubscriber<const S extends SubscriberBase>(spec: S): S & { readonly kind: 'subscriber' } {
  return { kind: 'subscriber', ...spec };
}

export type Subscriber = SubscriberBase & { readonly kind: 'subscriber' };

/** The event a subscriber is handed: a union, narrowed by `name`. */
export type SubscribedEvent<S extends SubscriberBase> = S['on'][number] extends infer D
  ? D extends EventDefinition
    ? EventEnvelope<D>
    : never
  : never;
