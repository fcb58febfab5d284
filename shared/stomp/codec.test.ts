import { FrameImpl } from '@stomp/stompjs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { systemRandom } from '#shared/kernel/random.ts';
import { anyFrame, headerText, mutatedStream } from './arbitraries.ts';
import { clientCommands, type Frame, frame, isUnescaped, serverCommands } from './frame.ts';
import { FrameParser, type Parsed, parseClientMessage } from './parse.ts';
import { readByStompjs, unescapeByTheBook } from './read-by-stompjs.ts';
import { serializeFrame } from './serialize.ts';

const allCommands = [...clientCommands, ...serverCommands];

/** `FUZZ_SEED=<seed> npx vitest run shared/stomp` repeats a run that failed. */
const seed = Number(process.env.FUZZ_SEED ?? systemRandom.int(1, 2 ** 31 - 1));
const MUTATED_FRAMES = 5_000;

function parsePieces(...pieces: readonly Uint8Array[]) {
  const parser = new FrameParser(allCommands);
  const frames: Frame[] = [];
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

function withoutLength(headers: ReadonlyMap<string, string>) {
  return new Map([...headers].filter(([name]) => name !== 'content-length'));
}

describe(`codec properties (seed ${seed})`, () => {
  it('reads back every frame that it writes', () => {
    fc.assert(
      fc.property(anyFrame, (original) => {
        const parsed = parsePieces(Buffer.from(serializeFrame(original)));
        expect(parsed).toMatchObject({ fault: undefined, unfinished: false });
        expect(parsed.frames.map((read) => ({ ...read, headers: withoutLength(read.headers) }))).toEqual([original]);
      }),
      { seed, numRuns: 1_000 },
    );
  });

  it('reads the same however a stream is cut, at every octet', () => {
    fc.assert(
      fc.property(fc.array(anyFrame, { minLength: 1, maxLength: 2 }), (frames) => {
        const bytes = Buffer.from(frames.map((one) => `${serializeFrame(one)}\r\n`).join('\n'));
        const whole = parsePieces(bytes);
        expect(whole.frames).toHaveLength(frames.length);
        for (let cut = 1; cut < bytes.length; cut += 1) {
          expect(parsePieces(bytes.subarray(0, cut), bytes.subarray(cut))).toEqual(whole);
        }
        expect(parsePieces(...Array.from(bytes, (octet) => Uint8Array.of(octet)))).toEqual(whole);
      }),
      { seed, numRuns: 60 },
    );
  });

  it('survives mutated frames: it never throws, and cuts change neither frames nor fault', () => {
    let faulty = 0;
    fc.assert(
      fc.property(mutatedStream(serializeFrame), fc.nat(), (bytes, where) => {
        const whole = parsePieces(bytes);
        const cut = where % (bytes.length + 1);
        expect(parsePieces(bytes.subarray(0, cut), bytes.subarray(cut))).toEqual(whole);
        const message = parseClientMessage(bytes);
        if (message.fault) expect(message.frames).toEqual([]);
        if (whole.fault !== undefined) faulty += 1;
      }),
      { seed, numRuns: MUTATED_FRAMES },
    );
    // The mutations must reach both sides of the grammar, or the property says nothing.
    expect(faulty).toBeGreaterThan(MUTATED_FRAMES / 10);
    expect(faulty).toBeLessThan((MUTATED_FRAMES * 9) / 10);
  }, 60_000);
});

describe(`against @stomp/stompjs as shipped (seed ${seed})`, () => {
  it('understands what its client writes', () => {
    const trimmed = headerText.filter((text) => text === text.trim());
    fc.assert(
      fc.property(
        fc.constantFrom('SEND', 'SUBSCRIBE', 'ACK'),
        fc.dictionary(fc.stringMatching(/^[a-z-]{1,12}$/), trimmed, { maxKeys: 8 }),
        fc.string({ unit: 'binary', maxLength: 80 }),
        (command, headers, text) => {
          delete headers['content-length'];
          const body = command === 'SEND' ? text : '';
          const written = FrameImpl.marshall({ command, headers, body, escapeHeaderValues: true }) as string;
          const { frames, fault } = parseClientMessage(Buffer.from(written));
          expect(fault).toBeUndefined();
          expect(withoutLength(frames[0]!.headers)).toEqual(new Map(Object.entries(headers)));
          expect(frames[0]!.body).toBe(body);
        },
      ),
      { seed, numRuns: 1_000 },
    );
  });

  it('writes what its client reads', () => {
    // Its unescaping turns `\\\\n` into a line break: a defect of its own, so backslashes stay out here.
    const readable = headerText.filter((text) => text === text.trim() && !text.includes('\\'));
    fc.assert(
      fc.property(
        fc.dictionary(fc.stringMatching(/^[a-z-]{1,12}$/), readable, { maxKeys: 8 }),
        fc.string({ unit: 'binary', maxLength: 80 }).filter((text) => !text.startsWith('\uFEFF')),
        (headers, body) => {
          delete headers['content-length'];
          const bytes = Buffer.from(serializeFrame(frame('MESSAGE', headers, body)));
          const [raw] = readByStompjs(bytes);
          const read = FrameImpl.fromRawFrame(
            { command: raw!.command, headers: raw!.headers, binaryBody: raw!.body, escapeHeaderValues: true } as never,
            true,
          );
          const { 'content-length': _length, ...seen } = read.headers;
          expect(seen).toEqual({ ...headers });
          expect(read.body).toBe(body);
        },
      ),
      { seed, numRuns: 1_000 },
    );
  });

  it('agrees on every mutated stream that we accept', () => {
    let compared = 0;
    fc.assert(
      fc.property(mutatedStream(serializeFrame), (bytes) => {
        const ours = parsePieces(bytes);
        if (ours.fault !== undefined) return;
        const theirs = readByStompjs(bytes);
        expect(theirs.map(({ command }) => command)).toEqual(ours.frames.map(({ command }) => command));
        ours.frames.forEach((mine, index) => {
          const other = theirs[index]!;
          expect(Buffer.from(other.body).toString()).toBe(mine.body);
          // Theirs are raw; ours are unescaped and without repetitions.
          const first = new Map<string, string>();
          for (const [name, value] of other.headers) {
            const plain = isUnescaped(mine.command) ? [name, value] : [name, value].map(unescapeByTheBook);
            if (!first.has(plain[0]!)) first.set(plain[0]!, plain[1]!);
          }
          expect(mine.headers).toEqual(first);
          compared += 1;
        });
      }),
      { seed, numRuns: 5_000 },
    );
    expect(compared).toBeGreaterThan(500);
  }, 30_000);
});

describe('what cannot be written', () => {
  it.each([
    ['a body on RECEIPT', frame('RECEIPT', { 'receipt-id': '1' }, 'x')],
    ['a NUL in a value', frame('MESSAGE', { a: 'b\0' })],
    ['an empty name', frame('MESSAGE', { '': 'b' })],
    ['a line break in CONNECTED', frame('CONNECTED', { server: 'a\nb' })],
    ['a colon in a header name of CONNECTED', frame('CONNECTED', { 'a:b': 'c' })],
  ])('throws at %s', (_what, unwritable) => {
    expect(() => serializeFrame(unwritable)).toThrow(RangeError);
  });

  it('writes its own content-length in place of a given one', () => {
    expect(serializeFrame(frame('MESSAGE', { 'content-length': 99, a: 'b' }, 'é'))).toBe(
      'MESSAGE\na:b\ncontent-length:2\n\né\0',
    );
  });
});
