import { record } from './zone-fields.ts';
import {
  combatOutcomes,
  entityFlags,
  entitySorts,
  entityStates,
  MAX_AURAS,
  MAX_ENTITIES,
  MAX_ENTITY_ID,
  NO_CELL,
} from './zone-protocol.ts';

/** What tick frames consist of. An entity's id is its number in the zone; within a cell's stream its place is enough. */

const entityId = { varint: MAX_ENTITY_ID } as const;
const cellId = { varint: NO_CELL } as const;
/** Place in the cell's roster. */
const place = { varint: MAX_ENTITIES - 1 } as const;

export const entityRecord = record({
  name: 'Entity',
  about: 'Everything about an entity, sent when it comes into a cell.',
  isRow: true,
  always: {
    id: entityId,
    sort: { choice: entitySorts },
    kind: 'u8',
    level: 'u8',
    maxHealth: { varint: 65_535 },
    name: { text: { maxBytes: 48 } },
    x: 'metres',
    y: 'metres',
    yaw: 'turn',
    health: { varint: 65_535 },
    state: { choice: entityStates },
    flags: { bits: entityFlags },
    ack: 'u8',
  },
  notes: {
    kind: "Index in the welcome's `npcKinds`, or in its `objects`; 0 for players",
    ack: 'Low byte of the last input that the server accepted from the owner',
  },
});

export const departureRecord = record({
  name: 'Departure',
  about:
    'One leaves the cell. The last of the roster takes its place; departures are applied one after the other, before those who enter are added at the end.',
  isRow: true,
  always: { at: place, to: cellId },
  notes: { to: `The cell it went to, or ${NO_CELL} when it is gone from the zone` },
});

export const stepRecord = record({
  name: 'Step',
  about: 'A short way of one entity: where few of a cell move.',
  isRow: true,
  always: { at: place, step: 'u8' },
  notes: { step: '16 × (dx + 8) + dy + 8, each from -8 to 7 units' },
});

export const ackRecord = record({
  name: 'Ack',
  about: 'Low byte of the last input that the server accepted from the owner of one entity.',
  isRow: true,
  always: { at: place, ack: 'u8' },
});

export const placeRecord = record({
  name: 'Place',
  about: 'A point of the zone.',
  always: { x: 'metres', y: 'metres' },
});

export const changeRecord = record({
  name: 'Change',
  about: 'What else changed of an entity against the tick before.',
  isRow: true,
  always: { at: place },
  optional: {
    yaw: 'turn',
    health: { varint: 65_535 },
    state: { choice: entityStates },
    flags: { bits: entityFlags },
    place: placeRecord,
    maxHealth: { varint: 65_535 },
    level: 'u8',
  },
  notes: { place: 'When it is more than a step away' },
});

export const castRecord = record({
  name: 'Cast',
  about: 'Somebody begins an ability that takes its time, or is at one when it comes into view.',
  always: { at: place, ability: 'u8', target: entityId, ticks: { varint: 65_535 } },
  notes: {
    ability: "Index in all the zone's abilities; 253: it uses an object",
    target: '0: oneself, or a point',
    ticks: 'Until it is done; 0: it is over, done or broken off',
  },
});

export const auraRecord = record({
  name: 'Aura',
  about:
    'Something that lasts on an entity: it begins, is renewed or is over, or is there when the entity comes into view.',
  always: { at: place, aura: 'u8', ability: 'u8', source: entityId, ticks: { varint: 65_535 } },
  notes: {
    aura: 'Names it on its entity: a new one takes the place of the one with the same number',
    ability:
      "Index in all the zone's abilities; 254: something that it has used; 255: the weakness of one who has come back from the dead",
    source: 'Whose it is; 0: gone',
    ticks: 'Until it ends by itself; 0: it is over',
  },
});

export const combatRecord = record({
  name: 'Combat',
  about: 'One blow, heal or miss; it stands in the cell of its target.',
  isRow: true,
  always: {
    source: entityId,
    target: entityId,
    ability: 'u8',
    outcome: { choice: combatOutcomes },
    amount: { varint: 65_535 },
  },
});

export const pastCombatRecord = record({
  name: 'PastCombat',
  about: 'A blow or heal of an earlier tick.',
  always: { tick: 'u32', ...combatRecord.always },
});

export const cellRecord = record({
  name: 'Cell',
  about:
    'What happened in one cell of the grid in one tick. All clients that see the cell get the same bytes. Client and server keep the same roster of each cell in view: `all` sets it, `left` and then `entered` change it, and after them the other sections name entities by their place in it.',
  always: { cell: cellId },
  optional: {
    steps: { bytes: { maxBytes: MAX_ENTITIES } },
    changed: { list: changeRecord, max: MAX_ENTITIES },
    stepped: { list: stepRecord, max: MAX_ENTITIES },
    acked: { list: ackRecord, max: MAX_ENTITIES },
    acks: { bytes: { maxBytes: MAX_ENTITIES } },
    combat: { list: combatRecord, max: MAX_ENTITIES },
    left: { list: departureRecord, max: MAX_ENTITIES },
    entered: { list: entityRecord, max: MAX_ENTITIES },
    all: { list: entityRecord, max: MAX_ENTITIES },
    forget: 'flag',
    casts: { list: castRecord, max: MAX_ENTITIES },
    auras: { list: auraRecord, max: MAX_ENTITIES * MAX_AURAS },
  },
  notes: {
    steps: 'A step for everybody in the roster, in its order; 0x88: it stands still',
    stepped: 'Instead of `steps` where fewer than half of them move',
    acks: 'An ack for everybody in the roster, in its order',
    acked: 'Instead of `acks` where fewer than half of them changed',
    all: 'The cell came into view: these are all its entities',
    casts: 'Of those who begin, end or have just entered',
    auras: 'Those that have changed, and all of those who have just entered',
    forget: 'The cell is out of view now: forget its entities',
  },
});

export const partyMemberRecord = record({
  name: 'PartyMember',
  about: "A member of one's own party who is in the zone but out of view.",
  always: {
    id: entityId,
    name: { text: { maxBytes: 48 } },
    x: 'metres',
    y: 'metres',
    health: { varint: 65_535 },
    maxHealth: { varint: 65_535 },
    state: { choice: entityStates },
  },
});

export const resumeRecord = record({
  name: 'Resume',
  about: 'What a client that comes back has already had: the server goes on behind it, or says what it no longer has.',
  always: {
    stream: { text: { maxBytes: 96 } },
    ownSeq: 'u32',
    zoneSeq: 'u32',
    seenTick: 'u32',
  },
  notes: {
    stream: "The welcome's `stream`",
    ownSeq: 'The last number of channel `own`; 0: none',
    zoneSeq: 'The last number of channel `zone`; 0: none',
    seenTick: 'The last applied tick: blows at the own body after it are told again',
  },
});
