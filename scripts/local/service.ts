/** One part of the local cloud: a process, a server or a poller. */
export interface LocalService {
  /** Short name for the progress line: `DynamoDB`, `SQS`. */
  readonly name: string;
  /** Resolves when the service answers; rejects with a message that a developer can act on. */
  start(): Promise<void>;
  /** Ends it and frees its port, within 10 s; calling it again, or before `start`, does nothing. */
  stop(): Promise<void>;
}

/** Answer of one synchronous invocation, as Lambda's Invoke API distinguishes them. */
export type InvokeResult =
  | { readonly payload: unknown }
  | { readonly functionError: { readonly errorType: string; readonly errorMessage: string } }
  /** Refused before it ran: reserved concurrency or the host's bound is used up. The caller retries later. */
  | { readonly throttled: true };

/**
 * Runs a function and waits for its answer. Takes a function's name or ARN (with or without a version or alias).
 * The handler's own failures never reject: they come back as `functionError`. An unknown function rejects.
 */
export type InvokeLambda = (functionNameOrArn: string, payload: unknown) => Promise<InvokeResult>;

/** One resource of the templates with every intrinsic function resolved to a local value. */
export interface ResolvedResource {
  /** Logical id inside its stack. */
  readonly id: string;
  readonly stack: string;
  /** CDK construct path, where the template tells it: `necpgame-dev-data/Table`. */
  readonly path: string | undefined;
  readonly type: string;
  /** `{ Ref }`, `Fn::GetAtt` and the like are replaced; `AWS::NoValue` entries are gone. */
  readonly properties: Readonly<Record<string, unknown>>;
  /** What `Ref` gives: a table's name, a queue's URL, a rule's name … */
  readonly ref: string;
  /** What `Fn::GetAtt` gives, at least `Arn` where the type has one. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Stages of deployment: a resource comes after everything that it refers to. */
  readonly order: number;
}

/** Every resource of the stage's stacks, in dependency order. */
export interface ResourceRegistry {
  readonly all: readonly ResolvedResource[];
  ofType(type: string): readonly ResolvedResource[];
  /** Finds by `Arn` attribute or by `Ref`; an ARN's version or alias suffix is ignored. */
  find(arnOrRef: string): ResolvedResource | undefined;
  /** As `find`, but throws an error that names `wantedBy`. */
  get(arnOrRef: string, wantedBy: string): ResolvedResource;
}

/** Wall clock of the whole local cloud. It starts at the system's time and can only be moved forward. */
export interface LocalClock {
  nowMs(): number;
  /** How far it is ahead of the system's clock. */
  offsetMs(): number;
  /** Moves the clock forward and tells every listener before it resolves. */
  advance(ms: number): Promise<void>;
  /** `listener` runs after each move (never for the passing of time); returns the undo. */
  onChange(listener: (nowMs: number) => void | Promise<void>): () => void;
}

/** Names of the ports that are chosen before anything starts, because templates refer to them. */
export const portNames = [
  'dynamodb',
  'events',
  'sqs',
  'scheduler',
  'secretsmanager',
  'ses',
  'inbox',
  'postgres',
  'control',
  'zone-page',
] as const;
export type PortName = (typeof portNames)[number];

export interface LocalPorts {
  /** A port that is free, the same on every call. */
  of(name: PortName): number;
  /** A further one, such as `fleet-0` or `api-<logical id>`: the same for the same name. */
  allocate(name: string): Promise<number>;
}

export interface LocalOptions {
  /** Begin with empty stores. */
  readonly fresh: boolean;
  /** Keep nothing on disk but logs: for tests. */
  readonly inMemory: boolean;
  /** Hand every event and queue message to its consumer twice, to prove that handlers take effect once. */
  readonly deliverTwice: boolean;
  /** Leave the zone fleet out. */
  readonly fleet: boolean;
  /** Processes for each service of the fleet; unset: one. Several share its zones, each under a name of its own. */
  readonly shards?: number;
  /** First port to try; the others follow. */
  readonly portBase: number;
  /** Where stores, logs and the address file live; `.local` in the repository unless a test says otherwise. */
  readonly dataDir: string;
}

/** What every part of the local cloud is given. */
export interface LocalContext {
  readonly registry: ResourceRegistry;
  readonly invokeLambda: InvokeLambda;
  readonly clock: LocalClock;
  readonly ports: LocalPorts;
  readonly options: LocalOptions;
  /** Region and account of every local ARN. */
  readonly region: string;
  readonly accountId: string;
  /** AWS_ENDPOINT_URL_*, AWS_REGION and dummy credentials: lets an SDK client in any process find these services. */
  readonly sdkEnvironment: Readonly<Record<string, string>>;
  /** Appends a line to `<dataDir>/logs/<name>.log`. */
  log(name: string, line: string): void;
}

export interface QueueStatus {
  readonly name: string;
  readonly url: string;
  /** Whether another queue's redrive policy names it. */
  readonly deadLetter: boolean;
  /** Messages that can be received now. */
  readonly visible: number;
  /** Received and not yet deleted. */
  readonly inFlight: number;
  readonly delayed: number;
}

/**
 * The back half: stores, bus, queues, schedules, fleet. `scripts/local/services/data-plane.ts` exports
 * `createDataPlane(context): DataPlane`; the frame starts `stores`, then functions and APIs, then `sources`, and stops
 * everything in the opposite order.
 */
export interface DataPlane {
  /** What functions call: DynamoDB, Postgres, Secrets Manager, SES, SQS, EventBridge, Scheduler's API. */
  readonly stores: readonly LocalService[];
  /** What calls functions: stream and queue pollers, the schedule loop; and the fleet's processes. */
  readonly sources: readonly LocalService[];
  queues(): readonly QueueStatus[];
  /** Runs one schedule's target now, by the schedule's name; undefined when there is none of that name. */
  runSchedule(name: string): Promise<InvokeResult | undefined>;
  schedules(): readonly { readonly name: string; readonly expression: string; readonly nextAtMs: number | undefined }[];
  /** Lines for the banner: `{ label: 'Inbox', url: 'http://127.0.0.1:…' }`, and the zones' sockets. */
  addresses(): readonly { readonly label: string; readonly url: string }[];
  /** True when nothing is on its way: streams read to the end, no message visible, in flight or delayed, DLQs aside. */
  idle(): boolean | Promise<boolean>;
}
