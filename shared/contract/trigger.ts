import type { FunctionSpec, QueueName } from './needs.ts';

/** What starts the few functions that are the platform's own, outside endpoints, subscribers and jobs. */
export type TriggerKind =
  | { readonly kind: 'authorizer'; readonly api: 'http' | 'websocket' }
  | { readonly kind: 'websocket-route'; readonly route: '$connect' | '$default' | '$disconnect' }
  | { readonly kind: 'table-stream'; readonly filter: 'outbox' }
  | { readonly kind: 'queue'; readonly queue: QueueName }
  | { readonly kind: 'deployment' };

export interface TriggerBase extends FunctionSpec {
  readonly trigger: TriggerKind;
}

/** Declares a function of the platform: authorizer, WebSocket route, relay, queue consumer, migration. */
export function defineTrigger<const T extends TriggerBase>(spec: T): T & { readonly kind: 'trigger' } {
  return { kind: 'trigger', ...spec };
}

export type Trigger = TriggerBase & { readonly kind: 'trigger' };
