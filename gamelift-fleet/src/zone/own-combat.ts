import { serverFrames } from '#fleet/protocol/messages.ts';
import { MAX_MISSED_COMBAT } from '#shared/contract/zone-protocol.ts';
import { binaryFrame } from '../net/ws-frame.ts';
import type { CombatEvents } from '../sim/outcome.ts';

interface Blow {
  readonly tick: number;
  readonly source: number;
  readonly target: number;
  readonly ability: number;
  readonly outcome: number;
  readonly amount: number;
}

/**
 * Blows and heals of one body that its client may not have seen. Cells tell of them once, to those who look: this tells
 * them again to the one whom they concern.
 */
export class OwnCombat {
  private blows: Blow[] = [];
  /** Nothing later than this tick is left out. */
  private completeAfter = 0;

  add(tick: number, combat: CombatEvents, row: number): void {
    this.blows.push({
      tick,
      source: combat.source[row]!,
      target: combat.target[row]!,
      ability: combat.ability[row]!,
      outcome: combat.outcome[row]!,
      amount: combat.amount[row]!,
    });
    if (this.blows.length > MAX_MISSED_COMBAT) this.completeAfter = this.blows.shift()!.tick;
  }

  /** The client has seen this tick. */
  seen(tick: number): void {
    if (this.blows.length > 0 && this.blows[0]!.tick <= tick)
      this.blows = this.blows.filter((blow) => blow.tick > tick);
    this.completeAfter = Math.max(this.completeAfter, tick);
  }

  /** A frame that tells all from the first tick (exclusive) to the last; undefined when there is nothing to tell. */
  between(afterTick: number, untilTick: number): Uint8Array | undefined {
    const events = this.blows.filter(({ tick }) => tick > afterTick && tick <= untilTick);
    if (events.length === 0) return undefined;
    const fields = { afterTick: Math.max(afterTick, this.completeAfter), untilTick, events };
    return binaryFrame(serverFrames.encode({ name: 'missedCombat', fields }));
  }
}
