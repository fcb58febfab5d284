/**
 * The zone socket's protocol, as data; rare messages, which travel as JSON, stand in `zone-cold-messages.ts`. `gamelift-fleet/protocol/codec.ts` turns it into encoder and decoder; the
 * documentation and the fuzz grammar read the same values. Integers are little-endian. One WebSocket frame carries one
 * message: its id (one byte), then its fields in the order of their declaration.
 *
 * Any change of a declaration below raises {@link PROTOCOL_VERSION}: client and server speak exactly one version.
 */
export const PROTOCOL_VERSION = 2;

export const TICK_HZ = 20;
/** Largest frame that a client may send, in bytes. */
export const MAX_CLIENT_FRAME_BYTES = 2_048;
/** Metres per unit of a position: 16 bits reach 4,095 m. */
export const METRES_PER_UNIT = 1 / 16;
/** Positions and directions stand on the wire as integers; these say what one step is worth. */
const quantisation = {
  metres: { bytes: 2, perUnit: METRES_PER_UNIT },
  /** A full turn in 256 steps. */
  turn: { bytes: 1, perUnit: (2 * Math.PI) / 256 },
} as const;

/** Integers of a number of bytes, and quantised numbers. */
export const scalars = {
  u8: { bytes: 1, perUnit: 1 },
  u16: { bytes: 2, perUnit: 1 },
  u32: { bytes: 4, perUnit: 1 },
  ...quantisation,
} as const;
export type ScalarName = keyof typeof scalars;

/** UTF-8, its length in a u16 before it. */
export interface TextField {
  readonly text: { readonly maxBytes: number };
}
/** Bytes as they are, their count in a u16 before them. */
export interface BytesField {
  readonly bytes: { readonly maxBytes: number };
}
/** A count in a u16, then the entries. */
export interface ListField {
  readonly list: RecordSpec | ScalarName;
  readonly max: number;
}
/** No bytes of its own: it is there or not. */
export type FlagField = 'flag';
export type Field = ScalarName | TextField | BytesField | ListField | RecordSpec;

/** Fields that are always there; then, if any are declared, a mask byte and those optional fields whose bit is set. */
export interface RecordSpec {
  readonly always: Readonly<Record<string, Field>>;
  /** At most eight; the first one is bit 0. */
  readonly optional?: Readonly<Record<string, Field | FlagField>>;
}

const record = <const R extends RecordSpec>(spec: R): R => spec;

/** Everything about an entity, sent when it comes into view. */
export const entityRecord = record({
  always: {
    id: 'u16',
    /** 0 player, 1 NPC. */
    sort: 'u8',
    /** Index in the welcome's `npcKinds`; 0 for players. */
    kind: 'u8',
    level: 'u8',
    maxHealth: 'u16',
    name: { text: { maxBytes: 48 } },
    x: 'metres',
    y: 'metres',
    yaw: 'turn',
    health: 'u16',
    state: 'u8',
    /** See {@link entityFlags}. */
    flags: 'u8',
    /** Low byte of the last input that the server accepted from the owner. */
    ack: 'u8',
  },
});

/** What changed of an entity that the client already has, against the tick before. */
export const changeRecord = record({
  always: { id: 'u16' },
  optional: {
    /** A short way: see {@link packStep}. */
    step: 'u8',
    /** A long way: the new place. */
    place: record({ always: { x: 'metres', y: 'metres' } }),
    yaw: 'turn',
    health: 'u16',
    state: 'u8',
    ack: 'u8',
    flags: 'u8',
  },
});

export const departureRecord = record({
  always: {
    id: 'u16',
    /** The cell it went to, or {@link NO_CELL} when it is gone from the zone. */
    to: 'u16',
  },
});

/** One blow, heal or miss; it stands in the cell of its target. */
export const combatRecord = record({
  always: { source: 'u16', target: 'u16', ability: 'u8', outcome: 'u8', amount: 'u16' },
});

const MAX_ENTITIES = 65_535;
/** Most blows that are told to one who has not seen them. */
export const MAX_MISSED_COMBAT = 512;
export const NO_CELL = 65_535;

/** What happened in one cell of the grid in one tick. All clients that see the cell get the same bytes. */
export const cellRecord = record({
  always: { cell: 'u16' },
  optional: {
    /** The cell is out of view now: forget its entities. */
    forget: 'flag',
    /** The cell came into view: these are all its entities. */
    all: { list: entityRecord, max: MAX_ENTITIES },
    left: { list: departureRecord, max: MAX_ENTITIES },
    entered: { list: entityRecord, max: MAX_ENTITIES },
    changed: { list: changeRecord, max: MAX_ENTITIES },
    combat: { list: combatRecord, max: MAX_ENTITIES },
  },
});

/** Entity states, by their number on the wire. */
export const entityStates = { alive: 0, fighting: 1, dead: 2, evading: 3 } as const;
/** Bits of an entity's flags: what others should know of the player behind it. */
export const entityFlags = {
  /** Its connection is broken; the body waits for it and can be attacked. */
  linkDead: 1,
  /** Nobody has moved or acted for minutes. */
  afk: 2,
  /** It is on its way out of the world. */
  leaving: 4,
} as const;
/** Outcomes of a blow. */
export const combatOutcomes = { hit: 0, critical: 1, miss: 2, heal: 3, immune: 4 } as const;
/** Answers to an action. */
export const actionResults = {
  done: 0,
  unknown_ability: 1,
  no_target: 2,
  out_of_range: 3,
  on_cooldown: 4,
  dead: 5,
  bad_target: 6,
} as const;
/** Why the server moved the player. */
export const correctionReasons = { too_fast: 0, out_of_bounds: 1, respawn: 2, not_able: 3 } as const;

/**
 * What must not be missed is numbered from 1 within its channel and kept for a while. `own`: for one player alone, as
 * long as its body is in the zone. `zone`: for everybody in the zone; who comes in hears what follows.
 */
export const channels = { own: 0, zone: 1 } as const;
export type Channel = keyof typeof channels;

/** What a client that comes back has already had: the server goes on behind it, or says what it no longer has. */
export const resumeRecord = record({
  always: {
    /** The welcome's `stream`. */
    stream: { text: { maxBytes: 96 } },
    /** The last number of each channel; 0: none. */
    ownSeq: 'u32',
    zoneSeq: 'u32',
    /** The last applied tick: blows at the own body after it are told again. */
    seenTick: 'u32',
  },
});

export interface MessageSpec extends RecordSpec {
  readonly id: number;
}
const message = <const M extends MessageSpec>(spec: M): M => spec;

/** Frames whose first byte is this carry a JSON object of `coldFromClient` or `coldFromServer`. */
export const COLD_MESSAGE_ID = 0x7f;

export const clientMessages = {
  /** The first frame, within 5 s. */
  hello: message({
    id: 0x01,
    always: { version: 'u16', ticket: { text: { maxBytes: 512 } } },
    optional: { resume: resumeRecord },
  }),
  /** One per client tick while moving, at least one a second otherwise: it also says what the client has seen. */
  input: message({
    id: 0x02,
    always: {
      /** Counts inputs from 1. */
      seq: 'u32',
      /** The newest tick that the client has applied. */
      seenTick: 'u32',
      /** The last correction that the client has applied; inputs with an older one do not move it. */
      correction: 'u8',
      x: 'metres',
      y: 'metres',
      yaw: 'turn',
    },
  }),
  /** Uses an ability, by its index in the welcome; attacks are abilities. Target 0: oneself. */
  action: message({ id: 0x03, always: { actionSeq: 'u16', ability: 'u8', target: 'u16', seenTick: 'u32' } }),
  /** A dead player asks for the graveyard. */
  release: message({ id: 0x04, always: {} }),
  /** Goodbye: in a rest area the body leaves at once, elsewhere when it has stood unharmed for a while. */
  leave: message({ id: 0x05, always: {} }),
} as const;

export const serverMessages = {
  tick: message({
    id: 0x81,
    always: {
      tick: 'u32',
      /** 1: forget everything before applying. */
      reset: 'u8',
      cells: { list: cellRecord, max: 18 },
    },
  }),
  /** The server put the player elsewhere; inputs count again once they name this correction. */
  correction: message({
    id: 0x82,
    always: { correction: 'u8', reason: 'u8', x: 'metres', y: 'metres' },
  }),
  actionResult: message({ id: 0x83, always: { actionSeq: 'u16', result: 'u8' } }),
  /** A numbered message of a channel: in it stands another message of the server, whole. */
  kept: message({
    id: 0x84,
    always: { channel: 'u8', seq: 'u32', message: { bytes: { maxBytes: 65_535 } } },
  }),
  /** Blows and heals of the own body in ticks that its client did not see, before the view that follows them. */
  missedCombat: message({
    id: 0x85,
    always: {
      /** Later than this tick nothing is left out. */
      afterTick: 'u32',
      untilTick: 'u32',
      events: { list: record({ always: { tick: 'u32', ...combatRecord.always } }), max: MAX_MISSED_COMBAT },
    },
  }),
} as const;

/** Packs a step of -8…7 units each way into a byte. */
export function packStep(dx: number, dy: number): number {
  return ((dx + 8) << 4) | (dy + 8);
}
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
export const passingReasons: readonly CloseReason[] = ['too_slow', 'internal', 'moving', 'zone_stopped'];
