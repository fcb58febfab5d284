import type { Carried } from '#functions/character/public.ts';
import type { LeaveReason, Trip } from '#functions/zone/public.ts';
import type { AccountId, CharacterId, PartyId, SessionId, Slug } from '#shared/kernel/ids.ts';
import type { ZoneFence } from './unit-ports.ts';

export type { LeaveReason, Trip };

/** Why a ticket or a character was refused; the socket closes with it. */
export type AdmissionRefusal = 'ticket_invalid' | 'session_ended' | 'wrong_zone' | 'character_unavailable';

export class AdmissionRefused extends Error {
  override readonly name = 'AdmissionRefused';
  readonly reason: AdmissionRefusal;

  constructor(reason: AdmissionRefusal, options?: { cause?: unknown }) {
    super(reason, options);
    this.reason = reason;
  }
}

/** What a character strikes with; unset: bare hands, or a broken thing. */
export interface WeaponInHand {
  readonly minDamage: number;
  readonly maxDamage: number;
  readonly rangeM: number;
  readonly intervalMs: number;
}

/** A character that may enter, as it was last saved. */
export interface Admission {
  readonly accountId: AccountId;
  readonly sessionId: SessionId;
  readonly characterId: CharacterId;
  readonly name: string;
  readonly level: number;
  /** Content id of the class; chooses abilities and base figures. */
  readonly classId: Slug;
  /** Staff leave the world without waiting. */
  readonly isStaff?: boolean;
  /** What its equipment adds, by stat. */
  readonly gear?: Readonly<Record<string, number>> | undefined;
  readonly weapon?: WeaponInHand | undefined;
  /** Version of its presence when it was let in; unset: nobody asks. */
  readonly presenceVer?: number | undefined;
  /** Where it was last saved; unset for a newcomer or when it was saved in another zone. */
  readonly state?: SavedState | undefined;
}

/** Where a character was last saved, or is to arrive. */
export interface SavedState extends Omit<CharacterZoneState, 'characterId'> {
  /** The stay and the save in it; unset: what is told here is newer than what is stored. */
  readonly stay?: number | undefined;
  readonly sequence?: number | undefined;
  readonly savedAtMs?: number | undefined;
}

export interface AdmissionPort {
  /**
   * Uses up a single-use ticket for one of these zones and loads its character.
   * @throws AdmissionRefused
   */
  redeemTicket(request: { readonly ticket: string; readonly zoneIds: readonly Slug[] }): Promise<{
    readonly zoneId: Slug;
    readonly character: Admission;
  }>;
}

/** What of a character the zone moves and wears down. */
export interface CharacterZoneState {
  readonly characterId: CharacterId;
  readonly zoneId: Slug;
  /** Metres from the zone's south-west corner. */
  readonly x: number;
  readonly y: number;
  /** Radians, counter-clockwise from east, in [0, 2π). */
  readonly yaw: number;
  /** 0 means dead. */
  readonly health: number;
  /** What leaving and crossing must not reset; unset: nothing. */
  readonly carried?: Carried | undefined;
}

export interface CharacterStatePort {
  /**
   * Writes a character's place and health under the zone's epoch. `sequence` rises with every save of the character in
   * this stay: a save that arrives after a later one, or belongs to an earlier stay, changes nothing and is no error.
   */
  saveCharacterState(
    fence: ZoneFence,
    save: CharacterZoneState & {
      readonly accountId: AccountId;
      /** As `enterZone` has answered it. */
      readonly stay: number;
      readonly sequence: number;
      readonly reason: 'periodic' | 'leave' | 'evict' | 'drain';
    },
  ): Promise<void>;

  /**
   * Hands a character over to another unit: one transaction writes its state as it will arrive and takes it out of this
   * one. The unit to which it comes claims it by the next version of its presence. False: it is not in this stay any
   * more, nothing was written. Repeating it changes nothing.
   */
  handOffCharacter(fence: ZoneFence, go: HandOff): Promise<boolean>;
}

/** Where a character goes, and how it will stand there. */
export interface HandOff extends Omit<CharacterZoneState, 'zoneId'> {
  readonly stay: number;
  readonly sequence: number;
  readonly toZone: Slug;
  /** Set when it must be this layer or instance. */
  readonly toUnit?: Slug | undefined;
  /** What the journey uses up. */
  readonly use?: Trip['use'];
}

/** How a character left the world. */
export interface Departure {
  readonly reason: LeaveReason;
  /** Set when nobody had played it for so long that it was put out. */
  readonly idleMs?: number | undefined;
}

export interface PresencePort {
  /**
   * The character is in this zone: one row per character, last writer wins under its epoch. Answers the version that
   * names this stay.
   * @throws AdmissionRefused when its session has ended meanwhile, or it has gone elsewhere since it was let in.
   */
  enterZone(
    fence: ZoneFence,
    who: Pick<Admission, 'accountId' | 'sessionId' | 'characterId' | 'name' | 'level' | 'presenceVer'>,
  ): Promise<number>;
  /** The character is gone from it, and why; a row of another zone or epoch stays. Told to others once. */
  leaveZone(fence: ZoneFence, who: Pick<Admission, 'accountId' | 'characterId'>, departure: Departure): Promise<void>;
}

/** What binds a character to others and to the world's tasks. */
export interface Ties {
  readonly partyId?: PartyId | undefined;
  /** The quests that it has under way. */
  readonly quests: readonly Slug[];
}

export interface TiesPort {
  /** A character's party and quests as they are stored now. */
  tiesOf(characterId: CharacterId): Promise<Ties>;
}
