import { z } from 'zod';
import type { RateClass } from '#shared/contract/endpoint.ts';
import { OidcProviders } from '#shared/contract/oidc-provider.ts';

export const stageNames = ['dev', 'staging', 'prod'] as const;
export type StageName = (typeof stageNames)[number];

const Throttle = z.strictObject({
  ratePerSecond: z.number().positive(),
  burst: z.int().positive(),
});

const StageConfig = z
  .strictObject({
    stage: z.enum(stageNames),
    /** Unset: the region of the deployer's credentials. */
    region: z.string().optional(),
    /** Data outlives the stack, deletion is refused, and alarms wait for more than one failure. */
    production: z.boolean(),
    /** The account verified with this address becomes administrator. */
    bootstrapAdminEmail: z.email(),
    /** Whose word on who a player is counts on this stage, besides our own. */
    oidcProviders: OidcProviders,
    /** Sender of all mail; its domain becomes the stage's SES identity. */
    mailFrom: z.email(),
    /** With it the APIs answer at `api.<name>` and `ws.<name>`, the fleet at `zone.<name>`, all under one certificate. */
    domain: z
      .strictObject({
        name: z.hostname(),
        /** ACM certificate for `*.<name>` in the stage's region. */
        certificateArn: z.string().startsWith('arn:'),
      })
      .optional(),
    /** Browser origins that may call the APIs. */
    allowedOrigins: z.array(z.url()).min(1),
    /** Most players of one realm at once; unset: the number that the game's balance gives each realm. */
    realmCap: z.int().min(1).optional(),
    /** CloudFront with WAF in front of the APIs. */
    cdn: z.boolean(),
    /** Requests per five minutes and address before WAF blocks; read only with `cdn`. */
    wafRequestsPer5Minutes: z.int().min(100),
    /** Each route's throttle, by its endpoint's rate class. */
    routeThrottles: z.record(z.enum(['auth', 'read', 'write', 'value'] satisfies RateClass[]), Throttle),
    /** Frames of all sockets together. */
    socketThrottle: Throttle,
    logRetentionDays: z.union([z.literal(7), z.literal(30), z.literal(90), z.literal(180), z.literal(365)]),
    logLevel: z.enum(['DEBUG', 'INFO', 'WARN']),
    /** Server errors of one endpoint in five minutes that raise its alarm. */
    errorsBeforeAlarm: z.int().positive(),
    /** Reserve the concurrency that contracts name; new AWS accounts have too little to reserve any. */
    reserveConcurrency: z.boolean(),
    /** Most messages one subscriber works on at once when its contract names no number. */
    subscriberConcurrency: z.int().min(2).max(1000),
    network: z.strictObject({ natGateways: z.int().min(1).max(3) }),
    ledger: z.strictObject({
      /** Aurora capacity units. The proxy keeps connections open, so the cluster never pauses: 0.5 is the floor. */
      minCapacity: z.number().min(0.5),
      maxCapacity: z.number().min(1).max(256),
      readers: z.int().min(0).max(2),
      backupDays: z.int().min(1).max(35),
    }),
    fleet: z.strictObject({
      /** Always running. */
      shards: z.int().min(1).max(50),
      /** Further ones that run while ticks take long or zones are many. */
      spareShards: z.int().min(0).max(50),
      /** Fargate CPU units: 1024 is one core; the tick runs on one. */
      cpu: z.union([z.literal(512), z.literal(1024), z.literal(2048)]),
      memoryMb: z.int().min(1024),
    }),
  })
  .refine((config) => !config.cdn || config.region === 'us-east-1', {
    message: 'CloudFront reads its web ACL and certificate from us-east-1: a stage with cdn deploys there',
  });

export type StageConfig = z.infer<typeof StageConfig>;

const dev: z.input<typeof StageConfig> = {
  stage: 'dev',
  production: false,
  bootstrapAdminEmail: 'admin@necpgame.test',
  oidcProviders: [
    {
      id: 'dev',
      issuer: 'http://127.0.0.1:9440',
      audiences: ['necpgame-dev'],
      jwksUri: 'http://127.0.0.1:9440/jwks',
      displayName: 'Development',
    },
  ],
  mailFrom: 'no-reply@necpgame.test',
  allowedOrigins: ['http://localhost:3000', 'http://localhost:5173'],
  cdn: false,
  wafRequestsPer5Minutes: 3000,
  routeThrottles: {
    auth: { ratePerSecond: 50, burst: 100 },
    read: { ratePerSecond: 500, burst: 1000 },
    write: { ratePerSecond: 250, burst: 500 },
    value: { ratePerSecond: 100, burst: 200 },
  },
  socketThrottle: { ratePerSecond: 500, burst: 1000 },
  logRetentionDays: 7,
  logLevel: 'DEBUG',
  errorsBeforeAlarm: 1,
  reserveConcurrency: false,
  subscriberConcurrency: 5,
  network: { natGateways: 1 },
  ledger: { minCapacity: 0.5, maxCapacity: 2, readers: 0, backupDays: 1 },
  fleet: { shards: 1, spareShards: 0, cpu: 512, memoryMb: 1024 },
};

const staging: z.input<typeof StageConfig> = {
  ...dev,
  stage: 'staging',
  bootstrapAdminEmail: 'admin@staging.necpgame.test',
  oidcProviders: [],
  mailFrom: 'no-reply@staging.necpgame.test',
  allowedOrigins: ['https://staging.necpgame.test'],
  logRetentionDays: 30,
  logLevel: 'INFO',
  reserveConcurrency: true,
  subscriberConcurrency: 20,
  ledger: { minCapacity: 0.5, maxCapacity: 4, readers: 0, backupDays: 7 },
  fleet: { shards: 2, spareShards: 1, cpu: 1024, memoryMb: 2048 },
};

const prod: z.input<typeof StageConfig> = {
  ...staging,
  stage: 'prod',
  region: 'us-east-1',
  production: true,
  bootstrapAdminEmail: 'admin@play.necpgame.test',
  mailFrom: 'no-reply@play.necpgame.test',
  allowedOrigins: ['https://play.necpgame.test'],
  cdn: true,
  routeThrottles: {
    auth: { ratePerSecond: 500, burst: 1000 },
    read: { ratePerSecond: 5000, burst: 5000 },
    write: { ratePerSecond: 2500, burst: 5000 },
    value: { ratePerSecond: 1000, burst: 2000 },
  },
  socketThrottle: { ratePerSecond: 5000, burst: 5000 },
  logRetentionDays: 90,
  errorsBeforeAlarm: 3,
  subscriberConcurrency: 100,
  network: { natGateways: 2 },
  ledger: { minCapacity: 1, maxCapacity: 32, readers: 1, backupDays: 35 },
  fleet: { shards: 4, spareShards: 4, cpu: 1024, memoryMb: 2048 },
};

const stages: Record<StageName, z.input<typeof StageConfig>> = { dev, staging, prod };

/** What a deployer may set with `-c name=value` without touching this file. */
export const StageContext = z.strictObject({
  stage: z.enum(stageNames).default('dev'),
  region: z.string().optional(),
  domainName: z.hostname().optional(),
  certificateArn: z.string().optional(),
  mailFrom: z.email().optional(),
  bootstrapAdminEmail: z.email().optional(),
  allowedOrigins: z
    .string()
    .transform((list) => list.split(','))
    .optional(),
  shards: z.coerce.number().optional(),
  spareShards: z.coerce.number().optional(),
  /** JSON: the whole list, in the place of the stage's. */
  oidcProviders: z
    .string()
    .transform((text, context) => {
      try {
        return JSON.parse(text) as z.input<typeof OidcProviders>;
      } catch {
        context.addIssue('is no JSON');
        return z.NEVER;
      }
    })
    .optional(),
});

/**
 * The configuration of the stage that the context names, with the context's overrides.
 * @throws ZodError naming the setting that is wrong or missing.
 */
export function stageConfig(context: z.input<typeof StageContext> = {}): StageConfig {
  const { stage, domainName, certificateArn, shards, spareShards, ...overrides } = StageContext.parse(context);
  const set = Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined));
  const preset = stages[stage];
  return StageConfig.parse({
    ...preset,
    ...set,
    ...(domainName !== undefined && { domain: { name: domainName, certificateArn } }),
    fleet: {
      ...preset.fleet,
      ...(shards !== undefined && { shards }),
      ...(spareShards !== undefined && { spareShards }),
    },
  });
}
