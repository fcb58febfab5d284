import {
  type ColdFromClient,
  type ColdFromServer,
  coldFromClient,
  coldFromServer,
} from '#shared/contract/zone-cold-messages.ts';
import { clientMessages } from '#shared/contract/zone-messages.ts';
import {
  COLD_MESSAGE_ID,
  MAX_CLIENT_FRAME_BYTES,
  MAX_SERVER_FRAME_BYTES,
  PROTOCOL_VERSION,
} from '#shared/contract/zone-protocol.ts';
import { ByteReader, ByteWriter, MalformedFrame } from './bytes.ts';
import {
  type ClientBinary,
  type Resume,
  readClientMessage,
  readServerMessage,
  SCHEMA_FINGERPRINT,
  type ServerBinary,
  writeClientMessage,
  writeServerMessage,
} from './generated-codec.ts';

/** A message as the program sees it: its name, then the declared fields. */
export type ClientMessage = ClientBinary | { readonly name: 'cold'; readonly fields: ColdFromClient };
export type ServerMessage = ServerBinary | { readonly name: 'cold'; readonly fields: ColdFromServer };

interface ColdSchema<Cold> {
  safeParse(value: unknown): { success: true; data: Cold } | { success: false; error: unknown };
}

interface Direction<Binary, Cold> {
  readonly maxBytes: number;
  readonly write: (out: ByteWriter, message: Binary) => void;
  readonly read: (id: number, from: ByteReader) => Binary;
  readonly cold: ColdSchema<Cold>;
}

/** One direction of the protocol: bytes to messages and back. */
export interface FrameCodec<M> {
  /** @throws RangeError when a value or the whole is out of its declared range: a defect of the caller. */
  encode(message: M): Uint8Array;
  /** Reads exactly one message. @throws MalformedFrame for everything that is not one. */
  decode(frame: Uint8Array): M;
}

type Message<Binary, Cold> = Binary | { readonly name: 'cold'; readonly fields: Cold };

function frameCodec<Binary extends { readonly name: string }, Cold>(
  direction: Direction<Binary, Cold>,
): FrameCodec<Message<Binary, Cold>> {
  const { maxBytes } = direction;
  const text = new TextEncoder();
  const out = new ByteWriter(256);
  const isCold = (message: Message<Binary, Cold>): message is { readonly name: 'cold'; readonly fields: Cold } =>
    message.name === 'cold';

  return {
    encode: (message) => {
      out.clear();
      if (isCold(message)) {
        out.u8(COLD_MESSAGE_ID);
        out.raw(text.encode(JSON.stringify(message.fields)));
      } else direction.write(out, message);
      if (out.length > maxBytes) throw new RangeError(`a ${message.name} of ${out.length} bytes, at most ${maxBytes}`);
      return out.copy();
    },
    decode: (frame) => {
      if (frame.length > maxBytes) throw new MalformedFrame(`${frame.length} bytes, at most ${maxBytes}`);
      const from = new ByteReader(frame);
      const id = from.u8();
      if (id === COLD_MESSAGE_ID) return { name: 'cold', fields: parseCold(from.utf8(from.left), direction.cold) };
      const message = direction.read(id, from);
      if (from.left > 0) throw new MalformedFrame(`${from.left} bytes too many`);
      return message;
    },
  };
}

function parseCold<Cold>(json: string, schema: ColdSchema<Cold>): Cold {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw new MalformedFrame('not JSON', { cause });
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new MalformedFrame('unknown or malformed message', { cause: parsed.error });
  return parsed.data;
}

export const clientFrames: FrameCodec<ClientMessage> = frameCodec({
  maxBytes: MAX_CLIENT_FRAME_BYTES,
  write: writeClientMessage,
  read: readClientMessage,
  cold: coldFromClient,
});
export const serverFrames: FrameCodec<ServerMessage> = frameCodec({
  maxBytes: MAX_SERVER_FRAME_BYTES,
  write: writeServerMessage,
  read: readServerMessage,
  cold: coldFromServer,
});

/** The hello of this version. */
export function greeting(ticket: string, resume?: Resume): ClientMessage {
  return { name: 'hello', fields: { version: PROTOCOL_VERSION, schema: SCHEMA_FINGERPRINT, ticket, resume } };
}

/**
 * Whether a frame is the hello of another version, whose further fields nobody here can read. What is no hello, or too
 * short to say, is not.
 */
export function isForeignHello(frame: Uint8Array): boolean {
  if (frame.length < 3 || frame[0] !== clientMessages.hello.id) return false;
  const from = new ByteReader(frame, 1);
  if (from.u16() !== PROTOCOL_VERSION) return true;
  return from.left >= 4 && from.u32() !== SCHEMA_FINGERPRINT;
}
