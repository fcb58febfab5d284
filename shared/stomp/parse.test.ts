import { describe, expect, it } from 'vitest';
import type { StompFault } from './errors.ts';
import { clientCommands } from './frame.ts';
import { FrameParser, inboundLimits, MAX_FRAMES_PER_MESSAGE, parseClientMessage } from './parse.ts';

function parse(text: string | Uint8Array) {
  return parseClientMessage(typeof text === 'string' ? Buffer.from(text) : text);
}

function headersOf(text: string) {
  return Object.fromEntries(parse(text).frames[0]!.headers);
}

describe('frames of a message', () => {
  it('reads command, headers and body', () => {
    const { frames } = parse('SEND\ndestination:/a\ncontent-type:text/plain\n\nhello\0');
    expect(frames).toEqual([
      {
        command: 'SEND',
        headers: new Map([
          ['destination', '/a'],
          ['content-type', 'text/plain'],
        ]),
        body: 'hello',
      },
    ]);
  });

  it('takes CR LF as end of line everywhere', () => {
    expect(parse('SUBSCRIBE\r\nid:0\r\ndestination:/a\r\n\r\n\0\r\n').frames).toHaveLength(1);
    expect(headersOf('SUBSCRIBE\r\nid:0\r\n\r\n\0')).toEqual({ id: '0' });
  });

  it('reads several frames and counts the ends of line between them', () => {
    const parsed = parse('\nSUBSCRIBE\nid:0\n\n\0\n\r\nUNSUBSCRIBE\nid:0\n\n\0\n');
    expect(parsed.frames.map(({ command }) => command)).toEqual(['SUBSCRIBE', 'UNSUBSCRIBE']);
    expect(parsed.heartBeats).toBe(4);
  });

  it('reads a lone line feed as a heart-beat', () => {
    expect(parse('\n')).toEqual({ frames: [], heartBeats: 1 });
  });

  it('keeps spaces around header names and values', () => {
    expect(headersOf('SUBSCRIBE\n id : 0 \n\n\0')).toEqual({ ' id ': ' 0 ' });
  });

  it('takes the first of repeated headers', () => {
    expect(headersOf('SUBSCRIBE\nid:first\nid:second\n\n\0')).toEqual({ id: 'first' });
  });

  it('takes the first of repeated content-lengths', () => {
    expect(parse('SEND\ncontent-length:3\ncontent-length:1\n\na\0b\0').frames[0]!.body).toBe('a\0b');
  });

  it('unescapes names and values', () => {
    expect(headersOf('SUBSCRIBE\na\\cb:c\\\\d\\ne\\rf\n\n\0')).toEqual({ 'a:b': 'c\\d\ne\rf' });
  });

  it('does not unescape twice', () => {
    expect(headersOf('SUBSCRIBE\na:\\\\n\n\n\0')).toEqual({ a: '\\n' });
  });

  it('leaves backslashes of CONNECT as they are', () => {
    expect(headersOf('CONNECT\npasscode:a\\tb\\n\n\n\0')).toEqual({ passcode: 'a\\tb\\n' });
  });

  it('reads a value with further colons whole', () => {
    expect(headersOf('CONNECT\nhost:a:61613\n\n\0')).toEqual({ host: 'a:61613' });
  });

  it('counts content-length in octets and lets the body hold NUL', () => {
    expect(parse('SEND\ncontent-length:4\n\né\0x\0').frames[0]!.body).toBe('é\0x');
  });

  it('accepts content-length 0 where no body is allowed', () => {
    expect(parse('SUBSCRIBE\ncontent-length:0\n\n\0').frames).toHaveLength(1);
  });
});

describe('limits, at and one beyond', () => {
  const line = (bytes: number) => `SUBSCRIBE\nx:${'y'.repeat(bytes - 2)}\r\n\n\0`;
  const headers = (count: number) => `SUBSCRIBE\n${Array.from({ length: count }, (_, n) => `h${n}:v\n`).join('')}\n\0`;
  const body = (bytes: number) => `SEND\n\n${'b'.repeat(bytes)}\0`;
  const frames = (count: number) => 'SEND\n\n\0'.repeat(count);

  it.each([
    ['line_too_long', line, inboundLimits.lineBytes],
    ['too_many_headers', headers, inboundLimits.headers],
    ['body_too_large', body, inboundLimits.bodyBytes],
    ['too_many_frames', frames, MAX_FRAMES_PER_MESSAGE],
  ] as const)('%s', (fault, build, limit) => {
    expect(parse(build(limit)).fault).toBeUndefined();
    expect(parse(build(limit + 1)).fault?.fault).toBe(fault);
  });

  it('counts repeated headers', () => {
    expect(parse(`SUBSCRIBE\n${'a:b\n'.repeat(33)}\n\0`).fault?.fault).toBe('too_many_headers');
  });

  it('refuses an endless line and an endless body before they end', () => {
    const line = new FrameParser(clientCommands);
    expect(line.push(Buffer.alloc(1_100, 'x')).fault?.fault).toBe('line_too_long');
    const endless = new FrameParser(clientCommands);
    expect(endless.push(Buffer.from(`SEND\n\n${'x'.repeat(16_385)}`)).fault?.fault).toBe('body_too_large');
    expect(endless.unfinished).toBe(false);
  });
});

describe('malformed messages', () => {
  const cases: readonly (readonly [string, string | Uint8Array, StompFault])[] = [
    ['an unknown command', 'PUBLISH\n\n\0', 'command_unknown'],
    ['a command in lower case', 'send\n\n\0', 'command_unknown'],
    ['a command of the server', 'MESSAGE\n\n\0', 'command_unknown'],
    ['a lone NUL', '\0', 'frame_not_terminated'],
    ['a NUL where a command should stand', '\0\n', 'header_malformed'],
    ['a header without a colon', 'SEND\nabc\n\n\0', 'header_malformed'],
    ['a header without a name', 'SEND\n:abc\n\n\0', 'header_malformed'],
    ['a carriage return inside a header', 'SEND\na:b\rc\n\n\0', 'header_malformed'],
    ['a NUL inside a header', 'SEND\na:b\0c\n\n\0', 'header_malformed'],
    ['an undefined escape in a value', 'SEND\na:\\t\n\n\0', 'escape_unknown'],
    ['an undefined escape in a name', 'SEND\n\\t:a\n\n\0', 'escape_unknown'],
    ['a backslash at the end', 'SEND\na:b\\\n\n\0', 'escape_unknown'],
    ['a header that is not UTF-8', Buffer.from('SEND\na:\xff\n\n\0', 'latin1'), 'not_utf8'],
    ['a body that is not UTF-8', Buffer.from('SEND\n\n\xff\0', 'latin1'), 'not_utf8'],
    ['a negative content-length', 'SEND\ncontent-length:-1\n\n\0', 'content_length_invalid'],
    ['a content-length with a space', 'SEND\ncontent-length: 1\n\na\0', 'content_length_invalid'],
    ['a content-length in hexadecimal', 'SEND\ncontent-length:0x1\n\na\0', 'content_length_invalid'],
    ['a content-length that is too short', 'SEND\ncontent-length:1\n\nab\0', 'content_length_invalid'],
    ['a content-length that is too long', 'SEND\ncontent-length:3\n\na\0', 'frame_not_terminated'],
    ['a content-length above the limit', 'SEND\ncontent-length:16385\n\na\0', 'body_too_large'],
    ['a body on SUBSCRIBE', 'SUBSCRIBE\n\nx\0', 'body_not_allowed'],
    ['a declared body on DISCONNECT', 'DISCONNECT\ncontent-length:1\n\nx\0', 'body_not_allowed'],
    ['half a frame', 'SEND\ndestination:/a\n', 'frame_not_terminated'],
    ['a frame without NUL', 'SEND\n\nabc', 'frame_not_terminated'],
  ];

  it.each(cases)('refuses %s', (_what, message, fault) => {
    expect(parse(message)).toMatchObject({ frames: [], fault: { fault } });
  });

  it.each(cases)('executes nothing before %s', (_what, message) => {
    expect(parse(Buffer.concat([Buffer.from('UNSUBSCRIBE\nid:0\n\n\0'), Buffer.from(message)])).frames).toEqual([]);
  });

  // What only lacks its end takes the next frame as its continuation: there it has no fault to show.
  it.each(cases.filter(([, , fault]) => fault !== 'frame_not_terminated'))(
    'executes nothing after %s',
    (_what, message) => {
      expect(parse(Buffer.concat([Buffer.from(message), Buffer.from('UNSUBSCRIBE\nid:0\n\n\0')])).frames).toEqual([]);
    },
  );

  it('yields nothing more after a fault', () => {
    const parser = new FrameParser(clientCommands);
    expect(parser.push(Buffer.from('SEND\n\n\0NO\n')).frames).toHaveLength(1);
    expect(parser.push(Buffer.from('SEND\n\n\0'))).toEqual({ frames: [], heartBeats: 0 });
  });
});
