import { StompError } from './errors.ts';
import { type ClientCommand, clientCommands, type Frame, isUnescaped, mayHaveBody } from './frame.ts';

/** What one frame may measure. The gateway's own limit is 32 KB a WebSocket frame, 128 KB a message. */
export interface FrameLimits {
  readonly headers: number;
  /** Octets of the command or of one header, without its end of line. */
  readonly lineBytes: number;
  readonly bodyBytes: number;
}

/** What we take from clients. */
export const inboundLimits: FrameLimits = { headers: 32, lineBytes: 1_024, bodyBytes: 16_384 };

/** Frames in one WebSocket message: enough for a client that subscribes to everything at once. */
export const MAX_FRAMES_PER_MESSAGE = 40;

/** What a piece of the stream held, in order; a fault is the last thing that a stream yields. */
export interface Parsed<Command extends string> {
  readonly frames: readonly Frame<Command>[];
  /** Ends of line between frames: heart-beats, and the line break that many clients send behind a frame. */
  readonly heartBeats: number;
  readonly fault?: StompError;
}

const NUL = 0;
const LF = 10;
const CR = 13;
const COLON = 58;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new StompError('not_utf8', 'The frame is not UTF-8.');
  }
}

const UNESCAPES: Readonly<Record<string, string>> = { '\\\\': '\\', '\\r': '\r', '\\n': '\n', '\\c': ':' };

function unescapeHeader(text: string): string {
  return text.replace(/\\[\s\S]?/g, (pair) => {
    const character = UNESCAPES[pair];
    if (character === undefined) throw new StompError('escape_unknown', 'A header holds an undefined escape.');
    return character;
  });
}

interface Line {
  readonly bytes: Buffer;
  readonly next: number;
}

/** The line at `from` without its end, or undefined while its end has not arrived. */
function readLine(bytes: Buffer, from: number, limits: FrameLimits): Line | undefined {
  const end = bytes.indexOf(LF, from);
  // An unfinished line may end in the CR of its end of line, which does not count.
  const stop = end === -1 ? bytes.length : end;
  const bare = stop > from && bytes[stop - 1] === CR ? stop - 1 : stop;
  if (bare - from > limits.lineBytes) throw new StompError('line_too_long', 'A header line is too long.');
  if (end === -1) return undefined;
  const line = bytes.subarray(from, bare);
  if (line.includes(CR) || line.includes(NUL)) {
    throw new StompError('header_malformed', 'A header line holds a carriage return or NUL octet.');
  }
  return { bytes: line, next: end + 1 };
}

function readHeader(line: Buffer, command: string): readonly [string, string] {
  const colon = line.indexOf(COLON);
  if (colon < 1) throw new StompError('header_malformed', 'A header line is not of the form name:value.');
  const name = decode(line.subarray(0, colon));
  const value = decode(line.subarray(colon + 1));
  return isUnescaped(command) ? [name, value] : [unescapeHeader(name), unescapeHeader(value)];
}

/** The end of the body that begins at `from`, or undefined while it has not arrived. */
function findBodyEnd(bytes: Buffer, from: number, head: Omit<Frame<string>, 'body'>, limits: FrameLimits) {
  const allowed = mayHaveBody(head.command);
  const most = allowed ? limits.bodyBytes : 0;
  const excess = () =>
    allowed
      ? new StompError('body_too_large', 'The body is too large.')
      : new StompError('body_not_allowed', `${head.command} has no body.`);
  const declared = head.headers.get('content-length');
  if (declared === undefined) {
    const end = bytes.indexOf(NUL, from);
    if ((end === -1 ? bytes.length : end) - from > most) throw excess();
    return end === -1 ? undefined : end;
  }
  if (!/^\d{1,9}$/.test(declared)) throw new StompError('content_length_invalid', 'content-length is not a number.');
  if (Number(declared) > most) throw excess();
  const end = from + Number(declared);
  if (bytes.length <= end) return undefined;
  if (bytes[end] === NUL) return end;
  throw new StompError('content_length_invalid', 'There is no NUL octet where content-length says.');
}

/** The frame at `from` and where it ends, or undefined while it is incomplete. */
function readFrame<Command extends string>(
  bytes: Buffer,
  from: number,
  commands: readonly Command[],
  limits: FrameLimits,
): { frame: Frame<Command>; next: number } | undefined {
  const first = readLine(bytes, from, limits);
  if (!first) return undefined;
  const command = commands.find((known) => first.bytes.equals(Buffer.from(known)));
  if (command === undefined) throw new StompError('command_unknown', 'The command is unknown.');
  const headers = new Map<string, string>();
  let at = first.next;
  for (let count = 0; ; count += 1) {
    const line = readLine(bytes, at, limits);
    if (!line) return undefined;
    at = line.next;
    if (line.bytes.length === 0) break;
    if (count === limits.headers) throw new StompError('too_many_headers', 'The frame has too many headers.');
    const [name, value] = readHeader(line.bytes, command);
    if (!headers.has(name)) headers.set(name, value);
  }
  const end = findBodyEnd(bytes, at, { command, headers }, limits);
  if (end === undefined) return undefined;
  return { frame: { command, headers, body: decode(bytes.subarray(at, end)) }, next: end + 1 };
}

/**
 * Parses a stream that arrives in pieces of any size: the cuts never change what it yields. What it keeps between
 * pieces is bounded by the limits. It yields the frames before a fault, then the fault, then nothing ever again.
 */
export class FrameParser<Command extends string = ClientCommand> {
  readonly #commands: readonly Command[];
  readonly #limits: FrameLimits;
  #pending: Buffer = Buffer.alloc(0);
  #dead = false;

  constructor(commands: readonly Command[], limits: FrameLimits = inboundLimits) {
    this.#commands = commands;
    this.#limits = limits;
  }

  /** True in the middle of a frame. */
  get unfinished(): boolean {
    return this.#pending.length > 0;
  }

  push(piece: Uint8Array): Parsed<Command> {
    const frames: Frame<Command>[] = [];
    let heartBeats = 0;
    if (this.#dead) return { frames, heartBeats };
    const bytes = this.unfinished ? Buffer.concat([this.#pending, piece]) : Buffer.from(piece);
    let at = 0;
    try {
      while (at < bytes.length) {
        if (bytes[at] === LF || (bytes[at] === CR && bytes[at + 1] === LF)) {
          at += bytes[at] === LF ? 1 : 2;
          heartBeats += 1;
          continue;
        }
        const read = readFrame(bytes, at, this.#commands, this.#limits);
        if (!read) break;
        frames.push(read.frame);
        at = read.next;
      }
    } catch (error) {
      if (!(error instanceof StompError)) throw error;
      this.#dead = true;
      this.#pending = Buffer.alloc(0);
      return { frames, heartBeats, fault: error };
    }
    this.#pending = bytes.subarray(at);
    return { frames, heartBeats };
  }
}

/**
 * Parses one WebSocket message of a client: whole frames and heart-beats only, since nothing is remembered between two
 * messages. When any part of it is faulty the message as a whole has no frames, so nothing around a malformed frame is
 * ever executed.
 */
export function parseClientMessage(message: Uint8Array): Parsed<ClientCommand> {
  const parser = new FrameParser(clientCommands);
  const parsed = parser.push(message);
  let fault = parsed.fault;
  if (!fault && parser.unfinished) {
    fault = new StompError('frame_not_terminated', 'A frame does not end within its WebSocket message.');
  }
  if (!fault && parsed.frames.length > MAX_FRAMES_PER_MESSAGE) {
    fault = new StompError('too_many_frames', 'The message holds too many frames.');
  }
  return fault ? { frames: [], heartBeats: parsed.heartBeats, fault } : parsed;
}
