/** Secrets that a stage holds; a function gets read access only to those it names. */
export const secretNames = ['token-signing-keys', 'password-pepper', 'mail-token-key', 'mfa-key'] as const;
export type SecretName = (typeof secretNames)[number];

/** Queues between our own functions, beside those that event rules feed. */
export const queueNames = ['push', 'settlement-check'] as const;
export type QueueName = (typeof queueNames)[number];

/**
 * What a function may touch. Infrastructure derives its role, environment and network from this, and nothing else:
 * a function that does not say `ledger` has no way into the VPC.
 */
export interface Needs {
  /** `read`: GetItem, BatchGetItem, Query; `write`: those and every write. Neither grants Scan. */
  readonly table?: 'read' | 'write';
  /** Walks the whole table by Scan, a bounded part at a time: for jobs alone. */
  readonly scan?: true;
  /** SQL functions of the Postgres ledger, through RDS Proxy inside the VPC. */
  readonly ledger?: true;
  readonly secrets?: readonly SecretName[];
  /** Secrets whose text it replaces, such as keys that it rotates. */
  readonly replacesSecrets?: readonly SecretName[];
  /** SES v2 SendEmail from the stage's sender address. */
  readonly mail?: true;
  /** PutEvents on the bus: the relay's; domains use the outbox. */
  readonly bus?: true;
  /** Posts and disconnects on the WebSocket API. */
  readonly sockets?: true;
  /** How many players a realm holds, where the stage says it. */
  readonly realmCap?: true;
  /** The browser origins that the stage admits. */
  readonly origins?: true;
  /** The stage's external identity providers, as configuration. */
  readonly identityProviders?: true;
  /** Queues that it sends to. */
  readonly queues?: readonly QueueName[];
}

/** What every function declares, whatever triggers it. */
export interface FunctionSpec {
  /** `<domain>.<kebab-verb>`; also names its file, its bundle and its alarm. */
  readonly id: string;
  readonly needs: Needs;
  /** What breaks for a player or operator when this function fails; goes into the alarm. */
  readonly impact: string;
  readonly memoryMb?: number;
  readonly timeoutSeconds?: number;
  /** Most concurrent executions of its own; unset: the account's pool. */
  readonly reservedConcurrency?: number;
}
