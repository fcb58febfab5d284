import { message } from './zone-fields.ts';
import {
  actionResults,
  channels,
  correctionReasons,
  LINE_KEY_BYTES,
  MAX_ENTITY_ID,
  MAX_MISSED_COMBAT,
  MAX_PARTY_SHOWN,
  MAX_SIDE_LINES,
  MAX_TICK_CELLS,
  VIEW_AT_SEEN_TICK,
} from './zone-protocol.ts';
import { cellRecord, partyMemberRecord, pastCombatRecord, placeRecord, resumeRecord } from './zone-records.ts';

/** Every binary message of the zone socket. A frame is one message: its id, then its fields in their order. */

export const clientMessages = {
  hello: message({
    id: 0x01,
    name: 'Hello',
    about:
      'The first frame, within 5 s. Its first two fields stand at these places in every version of the protocol, so that any server can tell any client why it does not speak with it.',
    always: { version: 'u16', schema: 'u32', ticket: { text: { maxBytes: 512 } } },
    optional: { resume: resumeRecord },
    notes: { schema: "Fingerprint of this protocol's declaration" },
  }),
  input: message({
    id: 0x02,
    name: 'Input',
    about:
      'One per client tick while moving, at least one a second otherwise: it also says what the client has seen. The server acknowledges it by `ack` in the own entity.',
    always: { seq: 'u32', seenTick: 'u32', correction: 'u8', x: 'metres', y: 'metres', yaw: 'turn' },
    notes: {
      seq: "The client's own tick, 20 a second from 1 on, also through those in which it sends nothing",
      seenTick: 'The newest tick that the client has applied',
      correction: 'The last correction that the client has applied; inputs with an older one do not move it',
    },
  }),
  action: message({
    id: 0x03,
    name: 'Action',
    about: 'Uses an ability; attacks are abilities.',
    always: { actionSeq: 'u16', ability: 'u8', target: { varint: MAX_ENTITY_ID }, seenTick: 'u32', view: 'u8' },
    optional: { aim: placeRecord },
    notes: {
      ability: "Index in the welcome's `abilities`",
      target: 'Entity; 0: oneself',
      view: `Which moment the others were drawn at: so many sixteenths of a tick before \`seenTick\`, plus ${VIEW_AT_SEEN_TICK}`,
      aim: 'The point that it is aimed at, for abilities that strike a place or along a line',
    },
  }),
  release: message({ id: 0x04, name: 'Release', about: 'A dead player asks for the graveyard.', always: {} }),
  leave: message({
    id: 0x05,
    name: 'Leave',
    about: 'Goodbye: in a rest area the body leaves at once, elsewhere when it has stood unharmed for a while.',
    always: {},
  }),
  interact: message({
    id: 0x06,
    name: 'Interact',
    about: 'Turns to an entity close by that is not an enemy in a fight, and begins to use it if it is an object.',
    always: { actionSeq: 'u16', target: { varint: MAX_ENTITY_ID }, seenTick: 'u32' },
    notes: { actionSeq: 'Numbered together with actions, and answered as they are' },
  }),
  ping: message({
    id: 0x07,
    name: 'Ping',
    about: "Asks for the server's time, to keep the client's estimate of it. Answered at once.",
    always: { clientMs: 'u32' },
    notes: { clientMs: 'Whatever the client likes to get back: its clock in milliseconds, modulo 2³²' },
  }),
  widen: message({
    id: 0x08,
    name: 'Widen',
    about:
      'Asks for the key of side lines: further connections that carry the same both ways, so that a loss on one holds nothing up. What the client sends after the first one is counted from 0.',
    always: {},
  }),
  line: message({
    id: 0x09,
    name: 'Line',
    about: `The first frame of a side line, instead of a hello: whose it is. At most ${MAX_SIDE_LINES}; one more takes the place of the oldest.`,
    always: { key: { bytes: { maxBytes: LINE_KEY_BYTES } }, count: 'u32' },
    notes: { count: 'Of the first message that comes over it too' },
  }),
  lineSeen: message({
    id: 0x0a,
    name: 'LineSeen',
    about: 'On a side line alone, at least once a second and not counted: how far it has come.',
    always: { tick: 'u32' },
    notes: { tick: 'The newest tick that came over this line; 2 s behind: it is closed' },
  }),
} as const;

export const serverMessages = {
  tick: message({
    id: 0x81,
    name: 'Tick',
    about: 'What one tick changed in the cells in view; every client gets one per tick.',
    always: { tick: 'u32', cells: { list: cellRecord, max: MAX_TICK_CELLS } },
    optional: { reset: 'flag' },
    notes: { reset: 'Forget everything before applying: a baseline' },
  }),
  correction: message({
    id: 0x82,
    name: 'Correction',
    about: 'The server put the player elsewhere; inputs count again once they name this correction.',
    always: { correction: 'u8', reason: { choice: correctionReasons }, x: 'metres', y: 'metres' },
  }),
  actionResult: message({
    id: 0x83,
    name: 'ActionResult',
    about: 'The answer to an `action` or `interact`.',
    always: { actionSeq: 'u16', result: { choice: actionResults } },
  }),
  kept: message({
    id: 0x84,
    name: 'Kept',
    about: 'A numbered message of a channel: in it stands another message of the server, whole.',
    always: { channel: { choice: channels }, seq: 'u32', message: { bytes: { maxBytes: 65_535 } } },
  }),
  missedCombat: message({
    id: 0x85,
    name: 'MissedCombat',
    about: 'Blows and heals of the own body in ticks that its client did not see, before the view that follows them.',
    always: {
      afterTick: 'u32',
      untilTick: 'u32',
      events: { list: pastCombatRecord, max: MAX_MISSED_COMBAT },
    },
    notes: { afterTick: 'Later than this tick nothing is left out' },
  }),
  pong: message({
    id: 0x86,
    name: 'Pong',
    about: 'The answer to a `ping`.',
    always: { clientMs: 'u32', tick: 'u32', sinceTickMs: 'u8' },
    notes: {
      clientMs: 'As it was asked with',
      tick: 'The last tick that the server has begun',
      sinceTickMs: 'Since it began; 255: that or longer',
    },
  }),
  vitals: message({
    id: 0x87,
    name: 'Vitals',
    about:
      'What of its own body a player alone is told: on coming in, and when something else than time has changed it. Energy comes back by itself, once a second.',
    always: {
      tick: 'u32',
      energy: 'u16',
      maxEnergy: 'u16',
      energyPerSecond: 'u16',
      pacePermille: 'u16',
      attackRange: 'metres',
      attackTicks: 'u16',
    },
    notes: {
      pacePermille: "Share of the welcome's speed that the body has now; 0: it cannot leave its place",
      attackRange: 'Of the plain attack with what is in the hand',
      attackTicks: 'Between two plain attacks',
    },
  }),
  lineKey: message({
    id: 0x88,
    name: 'LineKey',
    about: 'The answer to `widen`.',
    always: { key: { bytes: { maxBytes: LINE_KEY_BYTES } } },
  }),
  lineFrom: message({
    id: 0x89,
    name: 'LineFrom',
    about:
      'The first frame of a side line: from behind this tick on it repeats what the main one says. A client takes of it what follows the last tick that it has applied, and leaves the rest, and fresh views, to the main line.',
    always: { tick: 'u32' },
  }),
  party: message({
    id: 0x8a,
    name: 'Party',
    about:
      "The members of one's own party who are in the zone and out of view, once a second while there are any, and once more, empty, when there are none left.",
    always: { members: { list: partyMemberRecord, max: MAX_PARTY_SHOWN } },
  }),
} as const;
