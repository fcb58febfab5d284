import { type ClientCommand, clientCommands } from '#shared/stomp/frame.ts';
import { inboundLimits } from '#shared/stomp/parse.ts';
import type { Dice } from './random.ts';

/** One message of a client, and whether it is malformed beyond doubt. */
export interface StompMessage {
  readonly bytes: Buffer;
  /** What is wrong with it; undefined: it is well-formed, or nobody can tell without parsing it. */
  readonly certainFault: string | undefined;
}

const DESTINATIONS = [
  ...[
    '/topic/server/announcements',
    '/topic/player/acc_01JD8Z3V6Q4M5N7P9R2S4T6V8X/notifications',
    '/topic/zone/x/chat',
  ],
  ...['/topic/player/{accountId}/friends', '/topic/../admin', '/queue/x', '', '*', '/topic/player/*/notifications'],
];
const TEXTS = [
  '',
  '0',
  'a',
  'é',
  '🜁',
  'a:b',
  'a\\b',
  'line\nbreak',
  ' spaced ',
  '\t',
  '__proto__',
  'x'.repeat(200),
  '1',
];
const NAMES = [
  'id',
  'destination',
  'receipt',
  'ack',
  'last-seq',
  'selector',
  'transaction',
  'content-type',
  'heart-beat',
];
const WILD_NAMES = ['__proto__', 'constructor', ' id', 'ID', 'content-length ', 'a b', 'é', 'x'.repeat(60)];

const escaped = (text: string): string =>
  text.replace(/[\\\r\n:]/g, (one) => ({ '\\': '\\\\', '\r': '\\r', '\n': '\\n', ':': '\\c' })[one]!);
const isPlain = (command: string): boolean => command === 'CONNECT';

/** Headers that make sense for the command, more or less. */
function headersOf(command: ClientCommand, dice: Dice): [string, string][] {
  const sensible: Partial<Record<ClientCommand, () => [string, string][]>> = {
    CONNECT: () => [
      ['accept-version', dice.pick(['1.2', '1.0,1.1,1.2', '1.1', '', '1.2,1.2'])],
      ['host', '/'],
      ['heart-beat', dice.pick(['0,0', '10000,10000', '240000,0', '-1,0', 'x', '999999999,999999999', '1,2,3'])],
    ],
    SUBSCRIBE: () => [
      ['id', dice.pick(['0', 'sub-1', 'é', 'x'.repeat(65)])],
      ['destination', dice.pick(DESTINATIONS)],
      ...(dice.chance(0.3)
        ? [['last-seq', dice.pick(['0', '1', '999', '-1', '1e3', '9'.repeat(16)])] as [string, string]]
        : []),
    ],
    UNSUBSCRIBE: () => [['id', dice.pick(['0', 'none'])]],
    SEND: () => [['destination', dice.pick(DESTINATIONS)]],
  };
  const headers = sensible[command]?.() ?? [];
  if (dice.chance(0.3)) headers.push(['receipt', dice.pick(TEXTS)]);
  for (let more = dice.int(0, 3); more > 0 && dice.chance(0.4); more -= 1) {
    headers.push([dice.pick(dice.chance(0.7) ? NAMES : WILD_NAMES), dice.pick(TEXTS)]);
  }
  return headers;
}

/** A frame by the grammar: its lines and its body, apart, so that a mutation can get between them. */
interface Parts {
  command: string;
  lines: string[];
  body: string;
  end: string;
  eol: string;
}

function partsOf(dice: Dice): Parts {
  const command = dice.pick(clientCommands);
  const lines = headersOf(command, dice).map(([name, value]) =>
    isPlain(command) ? `${name}:${value.replace(/[\r\n]/g, '')}` : `${escaped(name)}:${escaped(value)}`,
  );
  const body = command === 'SEND' && dice.chance(0.5) ? dice.pick(TEXTS) : '';
  if (body !== '' && dice.chance(0.5)) lines.push(`content-length:${Buffer.byteLength(body)}`);
  return { command, lines, body, end: '\0', eol: dice.chance(0.8) ? '\n' : '\r\n' };
}

function spell({ command, lines, body, end, eol }: Parts): string {
  return `${[command, ...lines, ''].join(eol)}${eol}${body}${end}`;
}

type GrammarFault = readonly [what: string, spoil: (parts: Parts, dice: Dice) => void];

/** Each leaves no doubt that the frame is malformed, whatever the rest of it holds. */
const GRAMMAR_FAULTS: readonly GrammarFault[] = [
  ['a command in lower case', (parts) => (parts.command = parts.command.toLowerCase())],
  [
    'a command of nobody',
    (parts, dice) => (parts.command = dice.pick(['PUBLISH', 'MESSAGE', 'SENDX', ' SEND', 'SEND ', '{"a":1}'])),
  ],
  ['a byte order mark', (parts) => (parts.command = `\uFEFF${parts.command}`)],
  ['a header without colon', (parts, dice) => parts.lines.splice(dice.int(0, parts.lines.length), 0, 'nocolon')],
  ['a header without name', (parts, dice) => parts.lines.splice(dice.int(0, parts.lines.length), 0, ':x')],
  ['a carriage return in a header', (parts) => parts.lines.unshift('a:b\rc')],
  ['a NUL in a header', (parts) => parts.lines.unshift('a:b\0c')],
  [
    'too many headers',
    (parts) => parts.lines.unshift(...Array.from({ length: inboundLimits.headers + 1 }, (_none, n) => `h${n}:v`)),
  ],
  ['a line too long', (parts) => parts.lines.unshift(`a:${'x'.repeat(inboundLimits.lineBytes)}`)],
  [
    'a content-length of no number',
    (parts, dice) =>
      parts.lines.unshift(`content-length:${dice.pick(['-1', ' 1', '0x1', '1e1', '１', '', '+1', '9'.repeat(12)])}`),
  ],
  ['a content-length above the limit', (parts) => parts.lines.unshift(`content-length:${inboundLimits.bodyBytes + 1}`)],
];

const UNESCAPABLE: GrammarFault = [
  'an unknown escape',
  (parts, dice) => parts.lines.unshift(`a:x\\${dice.pick(['t', 'x41', 'N', ' ', '0'])}`),
];

function octetFault(bytes: Buffer, dice: Dice): Buffer {
  const at = dice.int(0, bytes.length);
  const octet = dice.pick([0, 10, 13, 58, 92, 0xc3, 0xff, 0x41, 0x20, 0xed]);
  const length = dice.int(1, 12);
  return dice.pick([
    () => Buffer.concat([bytes.subarray(0, at), Buffer.of(octet), bytes.subarray(at)]),
    () => Buffer.concat([bytes.subarray(0, at), Buffer.of(octet), bytes.subarray(at + 1)]),
    () => Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]),
    () => Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)]),
    () => bytes.subarray(0, at),
  ])();
}

/** A message of well-formed frames and heart-beats. */
export function wellFormed(dice: Dice): Buffer {
  const pieces = Array.from({ length: dice.int(1, 3) }, () => spell(partsOf(dice)));
  return Buffer.from(pieces.map((piece) => piece + '\n'.repeat(dice.int(0, 2))).join(''));
}

/** Mostly a well-formed message with a fault of the grammar or some of its octets changed. */
export function mutatedMessage(dice: Dice): StompMessage {
  const roll = dice.int(0, 99);
  if (roll < 15) return { bytes: wellFormed(dice), certainFault: undefined };
  if (roll < 55) {
    let bytes = wellFormed(dice);
    for (let changes = dice.int(1, 3); changes > 0; changes -= 1) bytes = octetFault(bytes, dice);
    return { bytes, certainFault: undefined };
  }
  const parts = partsOf(dice);
  const [what, spoil] = dice.pick(isPlain(parts.command) ? GRAMMAR_FAULTS : [...GRAMMAR_FAULTS, UNESCAPABLE]);
  spoil(parts, dice);
  const before = dice.chance(0.5) ? wellFormed(dice) : Buffer.alloc(0);
  return { bytes: Buffer.concat([before, Buffer.from(spell(parts))]), certainFault: what };
}
