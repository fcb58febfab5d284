import { z } from 'zod';
import { Slug } from '#shared/kernel/ids.ts';

const commaList = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  );

/** Everything that a fleet process is told from outside. */
const FleetConfig = z.object({
  STAGE: z.string().min(1),
  TABLE_NAME: z.string().min(1),
  /** Names this process among the shards; a restarted process may keep its name, since the epoch tells them apart. */
  SHARD_ID: z.string().min(1).max(64),
  /** Where clients reach this shard: `wss://zones.example/shard-1`; the zone socket is at `/zone` beneath it. */
  PUBLIC_URL: z.url({ protocol: /^wss?$/ }),
  PORT: z.coerce.number().int().min(0).max(65_535),
  /** Zones to claim; empty: whichever are free. */
  ZONES: commaList.pipe(z.array(Slug)),
  /** Origins of web pages that may connect; `*`: all. */
  ALLOWED_ORIGINS: commaList,
  MAX_CONNECTIONS: z.coerce.number().int().min(1).default(5_000),
  MAX_PLAYERS_PER_ZONE: z.coerce.number().int().min(1).default(2_000),
  /** Lets this machine look into the zones at `/live`. The local cloud alone sets it. */
  LIVE_FEED: z.enum(['on', 'off']).default('off'),
  /** Layers and instances together. */
  MAX_UNITS: z.coerce.number().int().min(1).default(30),
  /** How long a unit is without an owner when its process dies, at most; renewed each fifth of that. */
  LEASE_MS: z.coerce.number().int().min(1_000).max(60_000).default(10_000),
  /** So long before its end a lease counts as lost; below 0 only the fence of the stores stops a process that was away. */
  LEASE_MARGIN_MS: z.coerce.number().int().min(-3_600_000).max(8_000).default(2_000),
  /** Where to keep logs of inputs for replays; unset: none are kept. */
  INPUT_LOG_DIR: z.string().min(1).optional(),
});

export interface FleetSettings {
  readonly stage: string;
  readonly tableName: string;
  readonly shardId: string;
  /** Of the zone socket, as clients get it. */
  readonly socketUrl: string;
  readonly port: number;
  readonly zones: readonly Slug[];
  readonly allowedOrigins: readonly string[];
  readonly maxConnections: number;
  readonly maxPlayersPerZone: number;
  readonly hasLiveFeed: boolean;
  readonly maxUnits: number;
  readonly leaseMs: number;
  readonly leaseMarginMs: number;
  readonly inputLogDir: string | undefined;
  /** Paths on which the zone socket answers. */
  readonly paths: readonly string[];
}

/** Reads the process's environment. @throws ZodError that names every variable that is missing or wrong. */
export function readConfig(env: Readonly<Record<string, string | undefined>> = process.env): FleetSettings {
  const parsed = FleetConfig.parse(env);
  const socketUrl = `${parsed.PUBLIC_URL.replace(/\/+$/, '')}/zone`;
  return {
    stage: parsed.STAGE,
    tableName: parsed.TABLE_NAME,
    shardId: parsed.SHARD_ID,
    socketUrl,
    port: parsed.PORT,
    zones: parsed.ZONES,
    allowedOrigins: parsed.ALLOWED_ORIGINS,
    maxConnections: parsed.MAX_CONNECTIONS,
    maxPlayersPerZone: parsed.MAX_PLAYERS_PER_ZONE,
    hasLiveFeed: parsed.LIVE_FEED === 'on',
    maxUnits: parsed.MAX_UNITS,
    leaseMs: parsed.LEASE_MS,
    leaseMarginMs: parsed.LEASE_MARGIN_MS,
    inputLogDir: parsed.INPUT_LOG_DIR,
    paths: [...new Set(['/zone', new URL(socketUrl).pathname])],
  };
}
