import type { EvictReason, Trip } from '#functions/zone/public.ts';
import type { AccountId, CharacterId, SessionId, TradeId } from '#shared/kernel/ids.ts';
import type { WeaponInHand } from './character-ports.ts';
import type { ZoneFence } from './unit-ports.ts';

/** An order to the owner of a zone, given by other parts of the backend. */
export type ZoneCommand = EvictOrder | RefreshOrder | TiesOrder | WatchPairOrder | TravelOrder | LeaveOrder;

/** To put somebody out. */
export interface EvictOrder {
  readonly commandId: string;
  readonly kind: 'evict';
  /** All that are set must match; at least one is set. */
  readonly accountId?: AccountId | undefined;
  readonly sessionId?: SessionId | undefined;
  readonly characterId?: CharacterId | undefined;
  readonly reason: EvictReason;
}

/** To let a character leave the world, as if it had wished so itself. */
export interface LeaveOrder {
  readonly commandId: string;
  readonly kind: 'leave';
  readonly characterId: CharacterId;
}

/** To let a character go to another unit. */
export interface TravelOrder {
  readonly commandId: string;
  readonly kind: 'travel';
  readonly characterId: CharacterId;
  readonly trip: Trip;
}

/** To look again at a character's party and quests. */
export interface TiesOrder {
  readonly commandId: string;
  readonly kind: 'ties';
  readonly characterId: CharacterId;
}

/** To look again at a character's level and at what it wears, and to let something that it used take effect. */
export interface RefreshOrder {
  readonly commandId: string;
  readonly kind: 'refresh';
  readonly characterId: CharacterId;
  /** What its equipment adds by now, by stat. */
  readonly gear: Readonly<Record<string, number>>;
  readonly weapon?: WeaponInHand | undefined;
  /** Its level by now; unset: unknown. */
  readonly level?: number | undefined;
  /** Health and energy that come back at once. */
  readonly heal: number;
  readonly energy: number;
  /** What works for a while. */
  readonly tonics: readonly { readonly stats: Readonly<Record<string, number>>; readonly durationMs: number }[];
}

/** To watch two characters that trade. */
export interface WatchPairOrder {
  readonly commandId: string;
  readonly kind: 'watch-pair';
  readonly tradeId: TradeId;
  readonly characterIds: readonly [CharacterId, CharacterId];
  /** Metres that may lie between them. */
  readonly rangeM: number;
  /** Wall clock. */
  readonly expiresAtMs: number;
}

export interface CommandPort {
  /** Orders not yet acknowledged, oldest first, at most 100. */
  pollCommands(fence: ZoneFence): Promise<readonly ZoneCommand[]>;
  /** The order is carried out: deletes it. Deleting it twice is no error. */
  acknowledgeCommand(fence: ZoneFence, commandId: string): Promise<void>;
}
