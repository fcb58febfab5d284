import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClientFrame, clientCommands, isUnescaped } from '#shared/stomp/frame.ts';
import { FrameParser, inboundLimits, type Parsed, parseClientMessage } from '#shared/stomp/parse.ts';
import { readByStompjs, unescapeByTheBook } from '#shared/stomp/read-by-stompjs.ts';
import { serializeFrame } from '#shared/stomp/serialize.ts';
import { decideFrame } from '#shared/stomp/session.ts';
import { type Dice, diceOf } from './random.ts';
import { settings } from './settings.ts';
import { mutatedMessage, wellFormed } from './stomp-messages.ts';

const { seed, frames: COUNT } = settings;
const TAIL = Buffer.from('\nUNSUBSCRIBE\nid:0\n\n\0');
const again = (index: number) =>
  `message ${index} of seed ${seed}; again: FUZZ_SEED=${seed} npx vitest run scripts/fuzz/stomp`;

/** `toEqual` explains well and compares slowly: it is asked only when something differs. */
function mustEqual(actual: unknown, wanted: unknown, index: number): void {
  if (!isDeepStrictEqual(actual, wanted)) expect(actual, again(index)).toEqual(wanted);
}

interface Yield {
  readonly frames: readonly ClientFrame[];
  readonly heartBeats: number;
  readonly fault: string | undefined;
  readonly unfinished: boolean;
}

/** As deep equality has it, a million times as often. */
function isSameYield(a: Yield, b: Yield): boolean {
  return (
    a.heartBeats === b.heartBeats &&
    a.fault === b.fault &&
    a.unfinished === b.unfinished &&
    a.frames.length === b.frames.length &&
    a.frames.every((frame, at) => isSameFrame(frame, b.frames[at]!))
  );
}

function isSameFrame(a: ClientFrame, b: ClientFrame): boolean {
  if (a.command !== b.command || a.body !== b.body || a.headers.size !== b.headers.size) return false;
  for (const [name, value] of a.headers) if (b.headers.get(name) !== value) return false;
  return true;
}

/** Messages up to so many octets are cut at every one of them. */
const SHORT_OCTETS = 100;
/** Of longer ones so many offsets are drawn beside an octet that means something, and as many anywhere. */
const DRAWN_OFFSETS = 16;

const isMeaningful = (octet: number | undefined): boolean =>
  octet !== undefined && (octet >= 0x80 || octet === 0 || octet === 10 || octet === 13 || octet === 58 || octet === 92);

/** Where a message is cut in two. In the midst of a long run of letters every offset is like the next. */
function offsetsOf(bytes: Buffer, dice: Dice): readonly number[] {
  const all = Array.from({ length: Math.max(0, bytes.length - 1) }, (_none, index) => index + 1);
  if (bytes.length <= SHORT_OCTETS) return all;
  const beside = all.filter((offset) => isMeaningful(bytes[offset - 1]) || isMeaningful(bytes[offset]));
  const drawn = (from: readonly number[]) => Array.from({ length: DRAWN_OFFSETS }, () => dice.pick(from));
  return [...new Set([...(beside.length > 0 ? drawn(beside) : []), ...drawn(all)])];
}

function parseInPieces(pieces: readonly Uint8Array[]): Yield {
  const parser = new FrameParser(clientCommands);
  const frames: ClientFrame[] = [];
  let heartBeats = 0;
  let fault: Parsed<string>['fault'];
  for (const piece of pieces) {
    const parsed = parser.push(piece);
    frames.push(...parsed.frames);
    heartBeats += parsed.heartBeats;
    fault ??= parsed.fault;
  }
  return { frames, heartBeats, fault: fault?.fault, unfinished: parser.unfinished };
}

/** Every accepted frame leads to an instruction whose reply can be written. */
function decideAll(frames: readonly ClientFrame[], connected: boolean): void {
  const subscriptions = new Map([['0', '/topic/server/announcements']]);
  for (const frame of frames) {
    const instruction = decideFrame({ connected, subscriptions }, frame);
    if (instruction.kind === 'refuse') serializeFrame(instruction.reply);
  }
}

/** How the stock client reads it, in our terms: unescaped by the book, the first of repeated headers. */
function readAsWe(bytes: Uint8Array) {
  return readByStompjs(bytes).map(({ command, headers, body }) => {
    const first = new Map<string, string>();
    for (const [name, value] of headers) {
      const [plainName, plainValue] = isUnescaped(command)
        ? [name, value]
        : [unescapeByTheBook(name), unescapeByTheBook(value)];
      if (!first.has(plainName)) first.set(plainName, plainValue);
    }
    return { command, headers: first, body: Buffer.from(body).toString() };
  });
}

// Millions of faults are thrown here, and nobody reads where.
const { stackTraceLimit } = Error;
beforeAll(() => {
  Error.stackTraceLimit = 0;
});
afterAll(() => {
  Error.stackTraceLimit = stackTraceLimit;
});

describe(`STOMP messages near the grammar (seed ${seed}, ${COUNT})`, () => {
  it(
    'break nothing: what is malformed executes nothing, and what is accepted is what stompjs reads',
    () => {
      const count = { faulty: 0, accepted: 0, compared: 0, certain: 0, cutAtEveryOctet: 0, cuts: 0 };
      const cutAlready = new Set<string>();
      for (let index = 0; index < COUNT; index += 1) {
        const dice = diceOf(seed, 'stomp', index);
        const { bytes, certainFault } = mutatedMessage(dice);
        const parsed = parseClientMessage(bytes);
        if (certainFault) {
          count.certain += 1;
          expect(parsed.fault, `${certainFault}: ${again(index)}`).toBeDefined();
        }
        if (parsed.fault) {
          count.faulty += 1;
          mustEqual(parsed.frames, [], index);
          // What only lacks its end takes the tail as its continuation; everything else stays what it is.
          const swallows = parsed.fault.fault === 'frame_not_terminated';
          if (!swallows) mustEqual(parseClientMessage(Buffer.concat([bytes, TAIL])).frames, [], index);
          mustEqual(parseClientMessage(Buffer.concat([TAIL, bytes])).frames, [], index);
        } else {
          count.accepted += 1;
          decideAll(parsed.frames, dice.chance(0.5));
          // Theirs drops what it does not understand; only what both take as whole frames can be compared.
          count.compared += parsed.frames.length;
          mustEqual(readAsWe(bytes), parsed.frames, index);
        }
        const text = bytes.toString('latin1');
        if (cutAlready.has(text)) continue;
        cutAlready.add(text);
        const whole = parseInPieces([bytes]);
        const offsets = offsetsOf(bytes, dice);
        count.cuts += offsets.length;
        if (bytes.length <= SHORT_OCTETS) count.cutAtEveryOctet += 1;
        for (const offset of offsets) {
          const cut = parseInPieces([bytes.subarray(0, offset), bytes.subarray(offset)]);
          if (!isSameYield(cut, whole)) expect(cut, `cut at ${offset}: ${again(index)}`).toEqual(whole);
        }
      }
      console.log(`STOMP: ${JSON.stringify(count)}`);
      // Mutations must reach both sides of the grammar, or this says nothing.
      expect(count.faulty).toBeGreaterThan(COUNT / 4);
      expect(count.accepted).toBeGreaterThan(COUNT / 10);
      expect(count.cutAtEveryOctet).toBeGreaterThan(COUNT / 3);
    },
    60_000 + COUNT * 3,
  );

  it('are read the same however they are cut, at every octet', () => {
    for (let index = 0; index < 300; index += 1) {
      const dice = diceOf(seed, 'cuts', index);
      const bytes = index % 3 === 0 ? mutatedMessage(dice).bytes : wellFormed(dice);
      const whole = parseInPieces([bytes]);
      const octets = Array.from(bytes, (octet) => Uint8Array.of(octet));
      expect(parseInPieces(octets), again(index)).toEqual(whole);
      for (let cut = 1; cut < Math.min(bytes.length, 600); cut += 1) {
        const pieces = [bytes.subarray(0, cut), bytes.subarray(cut)];
        mustEqual(parseInPieces(pieces), whole, index);
      }
    }
  }, 60_000);

  it('never make the parser keep more than one frame may measure', () => {
    const { headers, lineBytes, bodyBytes } = inboundLimits;
    const most = (headers + 2) * (lineBytes + 2) + bodyBytes + 1;
    const endless = [
      'SEND',
      'SEND\n',
      'SEND\na:b\n\n',
      'SEND\ncontent-length:16384\n\n',
      'SUBSCRIBE\nid:',
      '\r\r',
      '\u00e9',
    ];
    for (const start of endless) {
      for (const filler of ['x', 'a:b\n', '\r', '\\', '\u00ff']) {
        const parser = new FrameParser(clientCommands);
        let pushed = 0;
        let faulty = false;
        for (let piece = Buffer.from(start); !faulty && pushed <= most; piece = Buffer.from(filler.repeat(512))) {
          faulty = parser.push(piece).fault !== undefined;
          pushed += piece.length;
        }
        expect(faulty, `${JSON.stringify(start)} and ${JSON.stringify(filler)} without end`).toBe(true);
        expect(parser.unfinished).toBe(false);
      }
    }
  });
});
