import { chooseMovers, type Movable, mergeLimits } from '#functions/zone/public.ts';
import { TICK_HZ } from '#shared/contract/zone-protocol.ts';
import type { CharacterId, Slug } from '#shared/kernel/ids.ts';
import type { RecordedDrop } from '../persist/record-ports.ts';
import { isFighting, type SimState } from '../sim/state.ts';
import type { Inbox } from './inbox.ts';
import type { Resident } from './residents.ts';
import type { TradeWatch } from './trade-watch.ts';

export interface LayerShiftContext {
  /** The zone of content. */
  readonly zoneId: Slug;
  readonly state: SimState;
  readonly residents: ReadonlyMap<string, Resident>;
  readonly inbox: Inbox;
  readonly tradeWatch: TradeWatch;
  /** Wall clock. */
  readonly nowMs: () => number;
}

const SETTLED_TICKS = (mergeLimits.settledMs * TICK_HZ) / 1_000;
const NOTICE_TICKS = (mergeLimits.noticeMs * TICK_HZ) / 1_000;

/** Moves the players of a layer that is merged into another: those who are free for it, with their parties, some at a time. */
export class LayerShift {
  private readonly context: LayerShiftContext;
  /** Where the next step begins: parties that cannot go must not hold up the others. */
  private turn = 0;

  constructor(context: LayerShiftContext) {
    this.context = context;
  }

  /** Of those who could be moved now as many as go in one step. */
  candidates(): readonly CharacterId[] {
    const all = [...this.context.residents.values()];
    const from = all.length === 0 ? 0 : this.turn % all.length;
    this.turn = from + mergeLimits.movesPerStep;
    return [...all.slice(from), ...all.slice(0, from)]
      .filter((resident) => this.isFree(resident))
      .slice(0, mergeLimits.movesPerStep)
      .map(({ who }) => who.characterId);
  }

  /**
   * Tells players that they are about to be moved, and moves them after that time unless they fight or trade meanwhile.
   * @param parties those of the candidates
   */
  begin(toUnit: Slug, candidates: readonly CharacterId[], parties: readonly (readonly CharacterId[])[]): void {
    const { residents, inbox, zoneId } = this.context;
    const named = new Set([...candidates, ...parties.flat()]);
    const people = [...named].flatMap((characterId): Movable<CharacterId>[] => {
      const resident = residents.get(characterId);
      return resident ? [{ characterId, isFree: this.isFree(resident) }] : [];
    });
    for (const characterId of chooseMovers(people, parties)) {
      const resident = residents.get(characterId)!;
      resident.trip = { toZone: zoneId, toUnit };
      inbox.push({ kind: 'travel', slot: resident.slot, channelTicks: NOTICE_TICKS, manner: 'shift' });
    }
  }

  /** Those who have earned a drop are left to pick it up. */
  earned({ eligibleIds, expiresAtMs }: Pick<RecordedDrop, 'eligibleIds' | 'expiresAtMs'>): void {
    const { residents, nowMs } = this.context;
    const untilMs = Math.min(expiresAtMs, nowMs() + mergeLimits.lootMs);
    for (const characterId of eligibleIds) {
      const resident = residents.get(characterId);
      if (resident) resident.lootUntilMs = Math.max(resident.lootUntilMs, untilMs);
    }
  }

  /** These begin to trade: they stay, should they be about to go. */
  trade(characterIds: readonly CharacterId[]): void {
    const { residents, inbox } = this.context;
    for (const characterId of characterIds) {
      const slot = residents.get(characterId)?.slot ?? 0;
      if (slot !== 0) inbox.push({ kind: 'trades', slot });
    }
  }

  /** It plays, has been here for long enough, and neither fights, trades nor waits for loot. */
  private isFree({ who, slot, entered, client, exit, trip, sinceTick, lootUntilMs }: Resident): boolean {
    const { state, tradeWatch, nowMs } = this.context;
    const body = state.players.get(slot);
    if (!body || !entered || !client || exit || trip || body.leaveManner !== undefined) return false;
    if (state.tick - sinceTick < SETTLED_TICKS || state.entities.health[slot] === 0) return false;
    if (isFighting(state, body) || state.duels.of(slot) || tradeWatch.watches(who.characterId)) return false;
    return nowMs() >= lootUntilMs;
  }
}
