import { TICK_HZ } from '#shared/contract/zone-protocol.ts';
import type { Slug } from '#shared/kernel/ids.ts';
import type { Admission, CharacterZoneState, LeaveReason, Trip } from '../persist/character-ports.ts';
import type { Area } from '../sim/definition.ts';
import type { PlayerSnapshot } from '../sim/outcome.ts';
import { ChatAllowance } from './chat.ts';
import { KeptMessages } from './kept-messages.ts';
import { OwnCombat } from './own-combat.ts';
import type { ZoneClient } from './viewer.ts';

/** What a client says that it has had of this body's messages. */
export interface Resume {
  readonly stream: string;
  readonly ownSeq: number;
  readonly zoneSeq: number;
  readonly seenTick: number;
}

/** Somebody whose body is in the zone, or is about to be. */
export interface Resident {
  readonly who: Admission;
  readonly chat: ChatAllowance;
  /** What it alone is told, kept until it has arrived. */
  readonly own: KeptMessages;
  readonly combat: OwnCombat;
  /** Names these messages: another stay of the same character has another name. */
  readonly stream: string;
  /** What its client had before this connection. */
  readonly resume: Resume | undefined;
  client: ZoneClient | undefined;
  /** Slot of its body; 0 while it has none yet. */
  slot: number;
  /** The simulation has let this connection in. */
  entered: boolean;
  /** Why it goes, when it goes for another reason than its own wish or a broken connection. */
  exit: Exit | undefined;
  /** Where it goes to, while it is about to go to another unit. */
  trip: Destination | undefined;
  /** Tick in which its body came. */
  readonly sinceTick: number;
  /** Until then something may lie there for it that it has earned; wall clock. */
  lootUntilMs: number;
  /** Tick of the last save, and what it said: equal means nothing to save. */
  savedTick: number;
  saved: string;
}

/** Another unit, and where one arrives there. */
export interface Destination {
  readonly toZone: Slug;
  readonly toUnit?: Slug | undefined;
  /** Unset: where it stands now. */
  readonly at?: Area | undefined;
  /** What the journey uses up. */
  readonly use?: Trip['use'];
  /** It goes whether it wishes or not. */
  readonly isForced?: boolean;
}

export interface Exit {
  /** Unset: it plays elsewhere by now, and its last state here must not hide the one from there. */
  readonly reason: LeaveReason | undefined;
  readonly idleMs?: number | undefined;
}

const KEPT_OWN_MESSAGES = 256;

/** A newcomer, or the successor of a connection whose body is still here. */
export function newResident(
  who: Admission,
  client: ZoneClient,
  stay: { readonly tick: number; readonly stream: string; readonly resume: Resume | undefined },
  before?: Resident,
): Resident {
  return {
    who,
    client,
    chat: before?.chat ?? new ChatAllowance(),
    own: before?.own ?? new KeptMessages('own', KEPT_OWN_MESSAGES),
    combat: before?.combat ?? new OwnCombat(),
    stream: before?.stream ?? stay.stream,
    resume: stay.resume,
    slot: before?.slot ?? 0,
    entered: false,
    exit: undefined,
    trip: undefined,
    sinceTick: before?.sinceTick ?? stay.tick,
    lootUntilMs: before?.lootUntilMs ?? 0,
    savedTick: stay.tick,
    saved: '',
  };
}

/** Where a client goes on: behind what it has had, or, when it does not say, behind what has surely arrived. */
export function resumePoint({ own, stream, resume }: Resident, zone: KeptMessages) {
  if (resume?.stream !== stream) return { ownSeq: own.reach, zoneSeq: zone.newest, seenTick: undefined };
  const { ownSeq, zoneSeq, seenTick } = resume;
  return { ownSeq: own.resumeAt(ownSeq), zoneSeq: zone.resumeAt(zoneSeq), seenTick };
}

/** Lets others wait until a body is out. */
export class Departures {
  private readonly waiting = new Map<string, (() => void)[]>();

  /** Resolves with the next {@link happened} of this character. */
  async next(characterId: string): Promise<void> {
    await new Promise<void>((resolve) => {
      this.waiting.set(characterId, [...(this.waiting.get(characterId) ?? []), resolve]);
    });
  }

  happened(characterId: string): void {
    for (const resolve of this.waiting.get(characterId) ?? []) resolve();
    this.waiting.delete(characterId);
  }

  /** Nobody waits any longer. */
  giveUp(): void {
    for (const characterId of [...this.waiting.keys()]) this.happened(characterId);
  }
}

/** A ticket that was read from the store before a save got there is redeemed within this time. */
const AFTERGLOW_TICKS = 5 * TICK_HZ;
/** An evicted session, or who was let in before it was handed over, is refused for this long, should a ticket be on the way. */
const REFUSE_TICKS = 60 * TICK_HZ;

type LastState = PlayerSnapshot & Pick<CharacterZoneState, 'carried'>;

/** What the zone knows better than the store for a short while. */
export class ShortMemory {
  private readonly states = new Map<string, { readonly state: LastState; savedTick: number | undefined }>();
  private readonly evictedSessions = new Map<string, number>();
  private readonly goneElsewhere = new Map<string, { readonly stay: number; readonly tick: number }>();

  /** The last state of one who has just left; `saved` resolves when the store has it. */
  left(state: LastState, saved: Promise<void>, nowTick: () => number): void {
    const entry: { readonly state: LastState; savedTick: number | undefined } = { state, savedTick: undefined };
    this.states.set(state.characterId, entry);
    void saved.then(() => {
      entry.savedTick = nowTick();
    });
  }

  /** A character that was in this stay was handed over. */
  handedOver(characterId: string, stay: number, tick: number): void {
    this.goneElsewhere.set(characterId, { stay, tick });
  }

  /** Whether a character was let in as it stood before it was handed over: its client was slow, or has asked twice. */
  hasGone(characterId: string, presenceVer: number): boolean {
    return presenceVer <= (this.goneElsewhere.get(characterId)?.stay ?? -1);
  }

  stateOf(characterId: string): LastState | undefined {
    return this.states.get(characterId)?.state;
  }

  evicted(sessionId: string, tick: number): void {
    this.evictedSessions.set(sessionId, tick);
  }

  isEvicted(sessionId: string): boolean {
    return this.evictedSessions.has(sessionId);
  }

  /** Forgets what is old. */
  fade(tick: number): void {
    for (const [id, at] of this.evictedSessions) if (tick - at > REFUSE_TICKS) this.evictedSessions.delete(id);
    for (const [id, gone] of this.goneElsewhere) if (tick - gone.tick > REFUSE_TICKS) this.goneElsewhere.delete(id);
    for (const [id, { savedTick }] of this.states)
      if (savedTick !== undefined && tick - savedTick > AFTERGLOW_TICKS) this.states.delete(id);
  }
}
