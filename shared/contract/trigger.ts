import type { FunctionSpec, QueueName } from './needs.ts';

/** What starts the few functions that are the platform's own, outside endpoints, subscribers and jobs. */
export type TriggerKind =
  | { readonly kind: 'authorizer'; readonly api: 'http' | 'websocket' }
  | { readonly kind: 'websocket-route'; readonly route: '$connect' | '$default' | '$disconnect' }
  /** New rows of the table: `outbox` what operations tell; `settlements` those that have just begun. */
  | { readonly kind: 'table-stream'; readonly filter: 'outbox' | 'settlements' }
  /** `delaySeconds`: messages lie so long before anybody sees them. */
  | { readonly kind: 'queue'; readonly queue: QueueName; readonly delaySeconds?: number }
  | { readonly kind: 'deployment' };

export interface TriggerBase extends FunctionSpec {
  readonly trigger: TriggerKind;
}

/** Declares a function of the platform: authorizer, WebSocket route, relay, queue consumer, migration. */
export function defineTrigger<const T extends TriggerBase>(spec: T): T & { readonly kind: 'trigger' } {
  return { kind: 'trigger', ...spec };
}

export type Trigger = TriggerBase & { readonly kind: 'trigger' };
