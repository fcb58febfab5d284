/**
 * The zone socket's protocol: numbers and tables that both sides share. Its messages are declared in
 * `zone-messages.ts` and `zone-records.ts`, its rare ones, which travel as JSON, in `zone-cold-messages.ts`.
 *
 * Any change of a declaration raises {@link PROTOCOL_VERSION}; should it be forgotten, the fingerprint of the
 * declaration, which the hello carries too, tells. Client and server speak exactly one version.
 */
export const PROTOCOL_VERSION = 5;

export const TICK_HZ = 20;
/** Acts are judged by what their player saw, at most this many ticks (250 ms) behind the newest one. */
export const MAX_REWIND_TICKS = 5;
/** Moments between ticks are told in sixteenths. */
export const SIXTEENTHS = 16;
/**
 * The moment that a client drew the others at, as an action tells it: a client that drew exactly its `seenTick` says
 * this number, one that drew a sixteenth of a tick earlier says one more, one that drew ahead of what it knew says less.
 */
export const VIEW_AT_SEEN_TICK = 64;
/** Largest frame that a client may send, in bytes. */
export const MAX_CLIENT_FRAME_BYTES = 2_048;
/** Largest frame that the server sends: the first view of one who enters where everybody is. */
export const MAX_SERVER_FRAME_BYTES = 1_048_576;
/** Metres per unit of a position: 16 bits reach 4,095 m. */
export const METRES_PER_UNIT = 1 / 16;
/** A coordinate as it stands on the wire, so that both sides think of exactly the same place. */
export function onWire(metres: number, origin = 0): number {
  return origin + Math.round((metres - origin) / METRES_PER_UNIT) * METRES_PER_UNIT;
}
/** Entities of a zone are numbered up to here, so that a number takes two bytes. */
export const MAX_ENTITY_ID = 16_383;
/** Of a zone: a first view with all of them fits {@link MAX_SERVER_FRAME_BYTES}. */
export const MAX_ENTITIES = 12_000;
/** Most things that last on one entity. */
export const MAX_AURAS = 12;
/** Most blows that are told to one who has not seen them. */
export const MAX_MISSED_COMBAT = 512;
/** Members of one's own party that a frame tells of: the largest group that there is. */
export const MAX_PARTY_SHOWN = 40;
/** Cells of two views of 3×3, one left and one entered. */
export const MAX_TICK_CELLS = 18;
export const NO_CELL = 65_535;
/** Connections that a client may have beside its first one, each a copy of it. */
export const MAX_SIDE_LINES = 3;
export const LINE_KEY_BYTES = 16;
/** Frames whose first byte is this carry a JSON object of `coldFromClient` or `coldFromServer`. */
export const COLD_MESSAGE_ID = 0x7f;

/** What an entity is, by its number on the wire. */
export const entitySorts = { player: 0, npc: 1, object: 2 } as const;
/** Entity states, by their number on the wire. An object that is `dead` is used up or open for now. */
export const entityStates = { alive: 0, fighting: 1, dead: 2, evading: 3 } as const;
/** Bits of an entity's flags: what others should know of the player behind it. */
export const entityFlags = {
  /** Its connection is broken; the body waits for it and can be attacked. */
  linkDead: 1,
  /** Nobody has moved or acted for minutes. */
  afk: 2,
  /** It is on its way out of the world. */
  leaving: 4,
  /** It has chosen to fight players. */
  pvp: 8,
} as const;
/** Outcomes of a blow. */
export const combatOutcomes = {
  hit: 0,
  critical: 1,
  miss: 2,
  heal: 3,
  immune: 4,
  dodge: 5,
  glancing: 6,
  /** A shield has taken this much. */
  absorbed: 7,
} as const;
/** Answers to an action. */
export const actionResults = {
  done: 0,
  unknown_ability: 1,
  no_target: 2,
  out_of_range: 3,
  on_cooldown: 4,
  dead: 5,
  bad_target: 6,
  /** It is there and close enough, but has nothing to offer. */
  nothing_to_do: 7,
  no_energy: 8,
  /** It is at another ability that takes its time. */
  casting: 9,
  silenced: 10,
  stunned: 11,
  no_line_of_sight: 12,
  /** Players are struck only by those who may: in their duel, or where both have chosen to. */
  protected: 13,
  /** It is for those who have its quest under way. */
  not_for_you: 14,
} as const;
/** Why the server moved the player. */
export const correctionReasons = { too_fast: 0, out_of_bounds: 1, respawn: 2, not_able: 3, blocked: 4 } as const;

/**
 * What must not be missed is numbered from 1 within its channel and kept for a while. `own`: for one player alone, as
 * long as its body is in the zone. `zone`: for everybody in the zone; who comes in hears what follows.
 */
export const channels = { own: 0, zone: 1 } as const;
export type Channel = keyof typeof channels;

/** Packs a step of -8…7 units each way into a byte. */
export function packStep(dx: number, dy: number): number {
  return ((dx + 8) << 4) | (dy + 8);
}
/** A step of nobody. */
export const STILL = packStep(0, 0);
export const stepX = (step: number): number => (step >> 4) - 8;
export const stepY = (step: number): number => (step & 15) - 8;

/**
 * Why the server ends a connection. The code is the WebSocket close code, the key its reason text. A frame above
 * {@link MAX_CLIENT_FRAME_BYTES} ends it with the standard 1009.
 */
export const closeCodes = {
  left: 4000,
  logout: 4001,
  malformed: 4400,
  ticket_invalid: 4401,
  session_ended: 4402,
  kicked: 4403,
  /** The zone went to another process after the ticket was given. */
  wrong_zone: 4404,
  character_unavailable: 4405,
  hello_timeout: 4408,
  /** The account plays elsewhere now. */
  superseded: 4409,
  afk: 4410,
  expired: 4411,
  revoked: 4412,
  password_changed: 4413,
  logout_everywhere: 4414,
  refresh_reused: 4415,
  banned: 4416,
  account_deleted: 4417,
  character_deleted: 4418,
  zone_full: 4423,
  version_mismatch: 4426,
  flooding: 4429,
  too_slow: 4430,
  internal: 4500,
  /** This process is going away: ask for a ticket again, the zone will be elsewhere. */
  moving: 4503,
  /** The zone lost its owner: ask for a ticket again. */
  zone_stopped: 4504,
} as const;
export type CloseReason = keyof typeof closeCodes;

/** A client ended with one of these comes back by itself with a new ticket; any other reason is for the player. */
export const passingReasons: readonly CloseReason[] = ['too_slow', 'internal', 'moving', 'zone_stopped', 'wrong_zone'];
