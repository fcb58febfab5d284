import type { NotedPlace, PlacesPacker } from '#functions/zone/public.ts';
import { TICK_HZ } from '#shared/contract/zone-protocol.ts';
import type { CharacterId } from '#shared/kernel/ids.ts';
import type { SavedState } from '../persist/character-ports.ts';
import type { ZoneWriter } from '../persist/zone-writer.ts';
import type { TickOutcome } from '../sim/outcome.ts';
import type { SimState } from '../sim/state.ts';
import { LastSeen } from './last-seen.ts';

/** Who has stood still for so long has been saved meanwhile, each half minute, and need not be noted. */
const STILL_TICKS = 40 * TICK_HZ;
/** Places of a crashed owner for which nobody has come back by then are forgotten: a body would be gone too. */
const RECOVERED_LAST_TICKS = 300 * TICK_HZ;

/** Whether a noted place is newer than what was saved; what was told within this life is newer than any. */
function isNewer(noted: NotedPlace, saved: SavedState | undefined): boolean {
  if (!saved) return true;
  const { stay, sequence = 0 } = saved;
  return stay !== undefined && (noted.stay > stay || (noted.stay === stay && noted.sequence > sequence));
}

export interface PlaceNotesContext {
  readonly state: SimState;
  readonly writer: ZoneWriter;
  /** Where a character that is here was saved before it came in. */
  readonly savedStateOf: (characterId: string) => SavedState | undefined;
  /** What the owner before has noted. */
  readonly left?: readonly NotedPlace[] | undefined;
}

/** Where everybody is, for a note: those who are here, and those who are about to come or go. */
export class PlaceNotes {
  private readonly context: PlaceNotesContext;
  private readonly seen: LastSeen;
  /**
   * Places that are noted besides those of the bodies that are here in a stored stay: of who has not come back to
   * this owner yet, whose new stay is not stored yet, or who has gone and whose last save is not stored yet.
   */
  private readonly kept: Map<string, NotedPlace>;
  /** One for all whom a note tells of. */
  private readonly place = { characterId: '' as CharacterId, stay: 0, sequence: 0, x: 0, y: 0, yaw: 0, health: 0 };

  constructor(context: PlaceNotesContext) {
    this.context = context;
    this.seen = new LastSeen(context.state.entities.capacity);
    this.kept = new Map(context.left?.map((place) => [place.characterId, place]));
  }

  /** Where the owner that died has last seen a character, if that is newer than what was saved of it. */
  recoveredState(characterId: string, saved: SavedState | undefined): SavedState | undefined {
    const noted = this.kept.get(characterId);
    if (!noted) return undefined;
    if (!isNewer(noted, saved)) {
      this.kept.delete(characterId);
      return undefined;
    }
    const { x, y, yaw, health } = noted;
    return { zoneId: this.context.state.zone.id, x, y, yaw, health };
  }

  /** Behind each tick. */
  look(): void {
    const { state } = this.context;
    if (state.tick === RECOVERED_LAST_TICKS) this.forgetRecovered();
    for (const gone of state.outcome.left) this.keepUntilSaved(gone);
  }

  private forgetRecovered(): void {
    for (const place of this.context.left ?? [])
      if (this.kept.get(place.characterId) === place) this.kept.delete(place.characterId);
  }

  /** A crash before its last save is stored, or its hand-off, leaves a character where it was when it went. */
  private keepUntilSaved({ characterId, x, y, yaw, health }: TickOutcome['left'][number]): void {
    const { state, writer } = this.context;
    const stay = writer.stayOf(characterId);
    const at = stay === undefined ? this.nextInStayBefore(characterId) : { stay, sequence: state.tick };
    const place = { characterId: characterId as CharacterId, ...at, x, y, yaw, health };
    this.kept.set(characterId, place);
    void writer.settled(characterId).then(() => {
      if (this.kept.get(characterId) === place) this.kept.delete(characterId);
    });
  }

  /** Adds where everybody is to a note. */
  addTo(places: PlacesPacker): void {
    const { state, writer } = this.context;
    const { seen, place } = this;
    const { entities, tick } = state;
    for (const { slot, characterId } of state.players.values()) {
      const stay = writer.stayOf(characterId);
      if (stay === undefined) {
        this.keepUntilStored(characterId, slot);
        continue;
      }
      this.kept.delete(characterId);
      const isStill = seen.isStill(slot, stay, entities);
      if (isStill && tick - seen.sequence[slot]! > STILL_TICKS) continue;
      if (!isStill) seen.see(slot, stay, tick, entities);
      place.characterId = characterId as CharacterId;
      place.stay = stay;
      place.sequence = seen.sequence[slot]!;
      place.x = seen.x[slot]!;
      place.y = seen.y[slot]!;
      place.yaw = seen.yaw[slot]!;
      place.health = seen.health[slot]!;
      places.add(place);
    }
    for (const place of this.kept.values()) places.add(place);
  }

  /**
   * Until its new stay is stored, which may take as long as a crowd comes in, a character's place counts as one of the
   * stay before, and newer than what the owner before has noted or what was saved.
   */
  private keepUntilStored(characterId: string, slot: number): void {
    const { x, y, yaw, health } = this.context.state.entities;
    this.kept.set(characterId, {
      ...{ characterId: characterId as CharacterId, ...this.nextInStayBefore(characterId) },
      ...{ x: x[slot]!, y: y[slot]!, yaw: yaw[slot]!, health: health[slot]! },
    });
  }

  private nextInStayBefore(characterId: string): Pick<NotedPlace, 'stay' | 'sequence'> {
    const { stay = 0, sequence = 0 } = this.kept.get(characterId) ?? this.context.savedStateOf(characterId) ?? {};
    return { stay, sequence: sequence + 1 };
  }
}
