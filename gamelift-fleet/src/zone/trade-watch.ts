import type { ZoneEndReason } from '#functions/trade/public.ts';
import type { CharacterId } from '#shared/kernel/ids.ts';
import type { WatchPairOrder } from '../persist/order-ports.ts';
import type { ZoneWriter } from '../persist/zone-writer.ts';
import { distanceBetween, isFighting, type SimState } from '../sim/state.ts';

export interface TradeWatchContext {
  readonly state: SimState;
  readonly writer: ZoneWriter;
  /** Wall clock. */
  readonly nowMs: () => number;
}

/** What has become of a pair. `over`: there is nothing to watch any more, and whatever ended it is told elsewhere. */
type Verdict = ZoneEndReason | 'over' | undefined;

/**
 * Watches the pairs that trade here: who goes too far, fights or dies has traded enough. A character trades with one
 * other at a time, so a later order about either takes the place of an earlier one.
 */
export class TradeWatch {
  private readonly context: TradeWatchContext;
  private readonly orders = new Map<string, WatchPairOrder>();

  constructor(context: TradeWatchContext) {
    this.context = context;
  }

  begin(order: WatchPairOrder): void {
    for (const known of this.orders.values())
      if (known.characterIds.some((characterId) => order.characterIds.includes(characterId)))
        this.orders.delete(known.tradeId);
    this.orders.set(order.tradeId, order);
  }

  /** Whether a character trades, as far as is known. */
  watches(characterId: CharacterId): boolean {
    for (const order of this.orders.values()) if (order.characterIds.includes(characterId)) return true;
    return false;
  }

  /** Pairs under watch. */
  get size(): number {
    return this.orders.size;
  }

  look(): void {
    for (const order of this.orders.values()) {
      const verdict = this.verdictOn(order);
      if (verdict === undefined) continue;
      const { tradeId } = order;
      this.orders.delete(tradeId);
      if (verdict !== 'over') this.context.writer.endTrade({ tradeId, reason: verdict });
    }
  }

  private verdictOn({ characterIds, rangeM, expiresAtMs }: WatchPairOrder): Verdict {
    const { state, nowMs } = this.context;
    if (nowMs() >= expiresAtMs) return 'over';
    const bodies = characterIds.map((characterId) => state.players.get(state.slotOfCharacter.get(characterId) ?? 0));
    const [first, second] = bodies;
    // Who has left is told of by the leaving.
    if (!first || !second) return 'over';
    if (state.entities.health[first.slot] === 0 || state.entities.health[second.slot] === 0) return 'death';
    if (isFighting(state, first) || isFighting(state, second)) return 'combat';
    return distanceBetween(state, first.slot, second.slot) > rangeM ? 'distance' : undefined;
  }
}
