import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type ClientFrame, clientCommands, isUnescaped } from '#shared/stomp/frame.ts';
import { FrameParser, inboundLimits, type Parsed, parseClientMessage } from '#shared/stomp/parse.ts';
import { readByStompjs, unescapeByTheBook } from '#shared/stomp/read-by-stompjs.ts';
import { serializeFrame } from '#shared/stomp/serialize.ts';
import { decideFrame } from '#shared/stomp/session.ts';
import { diceOf } from './random.ts';
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

function parseInPieces(pieces: readonly Uint8Array[]) {
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

describe(`STOMP messages near the grammar (seed ${seed}, ${COUNT})`, () => {
  it(
    'break nothing: what is malformed executes nothing, and what is accepted is what stompjs reads',
    () => {
      const count = { faulty: 0, accepted: 0, compared: 0, certain: 0 };
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
        const cut = dice.int(0, bytes.length);
        mustEqual(parseInPieces([bytes.subarray(0, cut), bytes.subarray(cut)]), parseInPieces([bytes]), index);
      }
      console.log(`STOMP: ${JSON.stringify(count)}`);
      // Mutations must reach both sides of the grammar, or this says nothing.
      expect(count.faulty).toBeGreaterThan(COUNT / 4);
      expect(count.accepted).toBeGreaterThan(COUNT / 10);
    },
    60_000 + COUNT,
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
